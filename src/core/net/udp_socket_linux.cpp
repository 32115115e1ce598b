#include <netinet/udp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/net/socket_api.h"
#include "core/net/udp_socket.h"

namespace pf::net {
namespace {

constexpr std::size_t most_segments = 64;      // of one GSO send, as the kernel limits it
constexpr std::size_t largest_train = 65'000;  // bytes of one GSO send, below UDP's own limit
// A socket has many paths, and paths change: what one of them refused is asked again, but not often enough to cost.
constexpr std::uint32_t trains_before_next_try = 256;

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::string reason(int number) {
  return std::strerror(number);  // NOLINT(concurrency-mt-unsafe): glibc's is per thread
}

void set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

/// Room for the control messages of one datagram in either direction.
struct Control {
  alignas(cmsghdr) std::array<std::byte, 256> bytes;
};

template <class T>
void add_control(msghdr& message, int level, int type, const T& value) {
  auto* header = reinterpret_cast<cmsghdr*>(static_cast<std::byte*>(message.msg_control) + message.msg_controllen);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof(T));
  std::memcpy(CMSG_DATA(header), &value, sizeof(T));
  message.msg_controllen += CMSG_SPACE(sizeof(T));
}

class LinuxUdpSocket final : public UdpSocket {
 public:
  LinuxUdpSocket(Fd socket, Fd wake, Address local, bool v6)
      : socket_(std::move(socket)), wake_(std::move(wake)), local_(local), v6_(v6) {}

  [[nodiscard]] Address local() const override { return local_; }

  Result<void> send(const Address& to, const Via& via, std::span<const std::byte> payload) override {
    return transmit(to, via, payload, 0);
  }

  Result<void> send_segments(const Address& to, const Via& via, std::span<const std::byte> payload,
                             std::size_t segment) override {
    if (segment == 0) return fail(ErrorCode::invalid_argument, "a segment has at least one byte");
    const std::size_t train = segment * std::clamp<std::size_t>(largest_train / segment, 1, most_segments);
    while (!payload.empty()) {
      const auto part = payload.first(std::min(train, payload.size()));
      if (auto sent = send_train(to, via, part, segment); !sent) return sent;
      payload = payload.subspan(part.size());
    }
    return {};
  }

  Result<void> receive(ReceiveBatch& batch, milliseconds wait) override;

  void interrupt() override {
    const std::uint64_t one = 1;
    (void)!write(wake_.get(), &one, sizeof(one));
  }

 private:
  Result<void> send_train(const Address& to, const Via& via, std::span<const std::byte> part, std::size_t segment) {
    if (part.size() <= segment) return transmit(to, via, part, 0);
    if (!goes_singly()) {
      const auto sent = transmit(to, via, part, segment);
      if (sent || sent.error().code != ErrorCode::unsupported) return sent;
      // Either the path does not segment, as old kernels and some devices and tunnels don't, or it takes no datagram of
      // this size at all. The latter shows when they go one by one.
      auto one_by_one = transmit_each(to, via, part, segment);
      if (one_by_one) singly_ = trains_before_next_try;
      return one_by_one;
    }
    return transmit_each(to, via, part, segment);
  }

  // Several threads may see the last one, and one takes it.
  bool goes_singly() {
    auto left = singly_.load(std::memory_order_relaxed);
    while (left > 0)
      if (singly_.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) return true;
    return false;
  }

  /// A message to `to`, without its bytes.
  struct Envelope {
    sockaddr_storage name{};
    Control control;
    msghdr message{};
  };
  void address(Envelope& envelope, const Address& to, const Via& via, std::size_t segment) const {
    auto& message = envelope.message;
    message.msg_name = &envelope.name;
    message.msg_namelen = v6_ ? to_mapped_sockaddr(to, envelope.name) : to_sockaddr(to, envelope.name);
    message.msg_iovlen = 1;
    message.msg_control = envelope.control.bytes.data();
    if (via.from != nullptr) add_source(message, *via.from);
    if (via.dscp != Dscp::best_effort) add_class(message, to, via.dscp);
    if (segment != 0) add_control(message, SOL_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(segment));
    if (message.msg_controllen == 0) message.msg_control = nullptr;
  }

  static iovec vector_of(std::span<const std::byte> payload) {
    return {const_cast<std::byte*>(payload.data()), payload.size()};  // NOLINT: sendmsg does not write
  }

  /// One datagram, or a train of `segment` bytes each.
  Result<void> transmit(const Address& to, const Via& via, std::span<const std::byte> payload, std::size_t segment) {
    Envelope envelope;
    address(envelope, to, via, segment);
    iovec data = vector_of(payload);
    envelope.message.msg_iov = &data;
    for (;;) {
      if (sendmsg(socket_.get(), &envelope.message, MSG_NOSIGNAL) >= 0) return {};
      if (auto go_on = judge(errno, to, segment != 0); !go_on) return go_on;
    }
  }

  /// The same datagrams, many with one call, but each on its own way through the kernel.
  Result<void> transmit_each(const Address& to, const Via& via, std::span<const std::byte> train, std::size_t segment) {
    Envelope envelope;
    address(envelope, to, via, 0);
    std::array<iovec, most_segments> data;
    std::array<mmsghdr, most_segments> messages;
    std::size_t count = 0;
    for (; !train.empty(); ++count) {
      const auto payload = train.first(std::min(segment, train.size()));
      data[count] = vector_of(payload);
      messages[count] = {.msg_hdr = envelope.message, .msg_len = 0};
      messages[count].msg_hdr.msg_iov = &data[count];
      train = train.subspan(payload.size());
    }
    for (std::size_t sent = 0; sent < count;) {
      const int went = sendmmsg(socket_.get(), &messages[sent], static_cast<unsigned>(count - sent), MSG_NOSIGNAL);
      if (went >= 0) {
        sent += static_cast<std::size_t>(went);
      } else if (auto go_on = judge(errno, to, false); !go_on) {
        return go_on;
      }
    }
    return {};
  }

  /// What a failed send means; without an error it is to be tried again.
  static Result<void> judge(int number, const Address& to, bool segmented) {
    switch (number) {
      case EINTR:
      case ECONNREFUSED:
        return {};  // the latter answers an earlier packet by ICMP; reported once, then the way is free
      case EAGAIN:
      case ENOBUFS: return fail(ErrorCode::exhausted, "the socket's send buffer is full");
      case EIO:
      case EINVAL:
      case EMSGSIZE:
      case EOPNOTSUPP:
      case ENOPROTOOPT:
        if (segmented) return fail(ErrorCode::unsupported, "this path does not segment UDP");
        if (number == EMSGSIZE)
          return fail(ErrorCode::unsupported, "a datagram is longer than the way to " + to.to_string() + " takes");
        [[fallthrough]];
      default: return fail(ErrorCode::io, "cannot send to " + to.to_string() + ": " + reason(number));
    }
  }

  void add_source(msghdr& message, const Address& from) const {
    if (from.family == Address::Family::v6) {
      in6_pktinfo info{};
      std::memcpy(&info.ipi6_addr, from.bytes.data(), 16);
      info.ipi6_ifindex = from.scope;
      add_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
      return;
    }
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, from.bytes.data(), 4);
    add_control(message, IPPROTO_IP, IP_PKTINFO, info);
  }

  // An IPv4 packet of a socket for both families takes the IPv4 option.
  static void add_class(msghdr& message, const Address& to, Dscp dscp) {
    const int octet = static_cast<int>(dscp) << 2;  // below it are ECN's bits
    if (to.family == Address::Family::v6)
      add_control(message, IPPROTO_IPV6, IPV6_TCLASS, octet);
    else
      add_control(message, IPPROTO_IP, IP_TOS, octet);
  }

  /// Without waiting; whether there was something.
  Result<bool> take_what_is_there(ReceiveBatch& batch);
  void unpack(const msghdr& message, std::span<std::byte> bytes, TimePoint arrival, ReceiveBatch& batch) const;

  Fd socket_;
  Fd wake_;
  Address local_;
  bool v6_;
  std::atomic<std::uint32_t> singly_{0};  // so many trains go without segmentation, because a path refused it
};

Result<void> LinuxUdpSocket::receive(ReceiveBatch& batch, milliseconds wait) {
  batch.clear();
  // Under load there is always something: then it takes one call, not two.
  const auto took = take_what_is_there(batch);
  if (!took) return std::unexpected(took.error());
  if (*took) return {};
  std::array<pollfd, 2> waits{{{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
  const int ready = poll(waits.data(), waits.size(), static_cast<int>(wait.count()));
  if (ready < 0 && errno != EINTR) return fail(ErrorCode::io, "cannot wait for packets: " + reason(errno));
  if ((waits[1].revents & POLLIN) != 0) {
    std::uint64_t count = 0;
    (void)!read(wake_.get(), &count, sizeof(count));
  }
  if (ready <= 0 || (waits[0].revents & (POLLIN | POLLERR)) == 0) return {};
  const auto came = take_what_is_there(batch);
  return came ? Result<void>{} : std::unexpected(came.error());
}

Result<bool> LinuxUdpSocket::take_what_is_there(ReceiveBatch& batch) {
  std::array<mmsghdr, ReceiveBatch::slots> messages{};
  std::array<iovec, ReceiveBatch::slots> vectors;
  std::array<sockaddr_storage, ReceiveBatch::slots> names;
  std::array<Control, ReceiveBatch::slots> controls;
  for (std::size_t i = 0; i < ReceiveBatch::slots; ++i) {
    vectors[i] = {batch.slot(i).data(), batch.slot(i).size()};
    auto& header = messages[i].msg_hdr;
    header.msg_name = &names[i];
    header.msg_namelen = sizeof(names[i]);
    header.msg_iov = &vectors[i];
    header.msg_iovlen = 1;
    header.msg_control = controls[i].bytes.data();
    header.msg_controllen = controls[i].bytes.size();
  }
  const int count = recvmmsg(socket_.get(), messages.data(), messages.size(), MSG_DONTWAIT, nullptr);
  const TimePoint arrival = std::chrono::steady_clock::now();
  if (count < 0) {
    // ICMP errors of earlier sends come up here too; they say nothing that a timeout would not.
    if (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH)
      return false;
    return fail(ErrorCode::io, "cannot receive: " + reason(errno));
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if ((messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
    unpack(messages[i].msg_hdr, batch.slot(i).first(messages[i].msg_len), arrival, batch);
  }
  return count > 0;
}

void LinuxUdpSocket::unpack(const msghdr& message, std::span<std::byte> bytes, TimePoint arrival,
                            ReceiveBatch& batch) const {
  Datagram datagram;
  datagram.from = from_sockaddr(*static_cast<const sockaddr*>(message.msg_name));
  datagram.to = local_;
  datagram.arrival = arrival;
  std::size_t segment = bytes.size();
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr;
       c = CMSG_NXTHDR(const_cast<msghdr*>(&message), c)) {  // NOLINT: a macro's wish
    const auto* data = CMSG_DATA(c);
    if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
      int size = 0;
      std::memcpy(&size, data, sizeof(size));
      if (size > 0) segment = static_cast<std::size_t>(size);
    } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, data, sizeof(info));
      datagram.to = Address::v4_any(local_.port);
      std::memcpy(datagram.to.bytes.data(), &info.ipi_addr, 4);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, data, sizeof(info));
      datagram.to = from_in6(info.ipi6_addr);
      datagram.to.port = local_.port;
      if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) datagram.to.scope = info.ipi6_ifindex;
    } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) ||
               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)) {
      datagram.ecn = static_cast<std::uint8_t>(data[0] & 3);
      datagram.dscp = static_cast<Dscp>(data[0] >> 2);
    }
  }
  do {
    const auto size = std::min(segment, bytes.size());
    datagram.payload = bytes.first(size);
    batch.add(datagram);
    bytes = bytes.subspan(size);
  } while (!bytes.empty());
}

void configure(int fd, bool v6, const UdpOptions& options) {
  set(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(options.receive_buffer));
  set(fd, SOL_SOCKET, SO_SNDBUF, static_cast<int>(options.send_buffer));
  set(fd, SOL_UDP, UDP_GRO, 1);
  // Both families' options: a socket for both receives IPv4 ancillary data under IPPROTO_IP.
  set(fd, IPPROTO_IP, IP_PKTINFO, 1);
  set(fd, IPPROTO_IP, IP_RECVTOS, 1);
  set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
  if (v6) {
    set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    set(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  }
}

}  // namespace

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(const Address& local, const UdpOptions& options) {
  const bool v6 = local.family == Address::Family::v6;
  const bool any = local.bytes == std::array<std::uint8_t, 16>{};
  Fd fd(socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) {
    if (v6 && any && errno == EAFNOSUPPORT) return bind(Address::v4_any(local.port), options);
    return fail(ErrorCode::io, "cannot make a UDP socket: " + reason(errno));
  }
  if (v6) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, any ? 0 : 1);
  configure(fd.get(), v6, options);

  sockaddr_storage name{};
  socklen_t size = to_sockaddr(local, name);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), size) != 0) {
    const int number = errno;
    if (v6 && any && number == EADDRNOTAVAIL) return bind(Address::v4_any(local.port), options);
    const auto port = "UDP port " + std::to_string(local.port);
    if (number == EADDRINUSE) return fail(ErrorCode::busy, port + " is in use by another program");
    if (number == EACCES) return fail(ErrorCode::permission, port + " may be used by root alone");
    return fail(ErrorCode::io, "cannot listen at " + local.to_string() + ": " + reason(number));
  }
  size = sizeof(name);
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &size);
  Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return fail(ErrorCode::io, "cannot make an eventfd: " + reason(errno));
  return std::make_unique<LinuxUdpSocket>(std::move(fd), std::move(wake),
                                          from_sockaddr(reinterpret_cast<const sockaddr&>(name)), v6);
}

}  // namespace pf::net
