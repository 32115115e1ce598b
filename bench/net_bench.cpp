// Sending and receiving over the loopback interface, each on a core of its own, against sendmmsg(2) and recvmmsg(2)
// without segmentation offload. Datagrams of 1,200 bytes, 50 to a call. Figures are Gbit/s of payload for each second
// of the busier side's processor time, which is what a machine with two idle cores carries.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/net/udp_socket.h"
#include "cores.h"
#include "socket_room.h"

namespace {

using namespace pf;

constexpr std::size_t datagrams = 50;  // as many as one train of 64 KiB holds
constexpr std::size_t size = 1200;
constexpr std::size_t calls = 300;     // of an exchange
constexpr std::size_t most = 2 << 20;  // bytes that wait in the receiver's socket, where it holds as many

void need(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

class OurSocket {
 public:
  OurSocket() {
    auto bound = net::UdpSocket::bind(net::Address::v4_loopback(0));
    need(bound.has_value(), "no socket");
    socket_ = std::move(*bound);
  }
  [[nodiscard]] std::uint16_t port() const { return socket_->local().port; }
  void send(std::uint16_t to) {
    need(socket_->send_segments(net::Address::v4_loopback(to), {}, payload_, size).has_value(), "not sent");
  }
  std::size_t receive() {
    need(socket_->receive(batch_, milliseconds{1000}).has_value(), "not received");
    return batch_.datagrams().size();
  }

 private:
  std::unique_ptr<net::UdpSocket> socket_;
  std::vector<std::byte> payload_ = std::vector<std::byte>(datagrams * size);
  net::ReceiveBatch batch_;
};

class PlainSocket {
 public:
  PlainSocket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    name_.sin_family = AF_INET;
    name_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof name_;
    constexpr int room = 4 << 20;
    constexpr timeval patience{.tv_sec = 1, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    need(bind(fd_, reinterpret_cast<sockaddr*>(&name_), length) == 0, "no socket");
    getsockname(fd_, reinterpret_cast<sockaddr*>(&name_), &length);
    for (std::size_t i = 0; i < datagrams; ++i) {
      vectors_[i] = {payload_.data() + i * size, size};
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  ~PlainSocket() { close(fd_); }
  PlainSocket(const PlainSocket&) = delete;
  PlainSocket& operator=(const PlainSocket&) = delete;

  [[nodiscard]] std::uint16_t port() const { return ntohs(name_.sin_port); }
  void send(std::uint16_t to) {
    name_.sin_port = htons(to);
    for (auto& message : messages_) {
      message.msg_hdr.msg_name = &name_;
      message.msg_hdr.msg_namelen = sizeof name_;
    }
    need(sendmmsg(fd_, messages_.data(), datagrams, 0) == static_cast<int>(datagrams), "not sent");
  }
  std::size_t receive() {
    const int count = recvmmsg(fd_, messages_.data(), datagrams, MSG_WAITFORONE, nullptr);
    return static_cast<std::size_t>(std::max(count, 0));
  }

 private:
  int fd_;
  sockaddr_in name_{};
  std::vector<std::byte> payload_ = std::vector<std::byte>(datagrams * size);
  std::array<iovec, datagrams> vectors_{};
  std::array<mmsghdr, datagrams> messages_{};
};

template <class Socket>
void exchange(benchmark::State& state) {
  const auto cores = bench::cores();
  const bench::OnCore pinned(cores.front());
  const std::size_t calls_ahead = std::max<std::size_t>(std::min(most, bench::socket_room()) / (datagrams * size), 1);
  double sending = 0, receiving = 0;
  for (auto _ : state) {
    Socket receiver;
    std::atomic<std::size_t> taken{0};
    std::jthread sender([&, to = receiver.port()] {
      const bench::OnCore other(cores.back());
      Socket socket;
      const double begun = bench::thread_seconds();
      for (std::size_t sent = 0; sent < calls * datagrams; sent += datagrams) {
        // Added up and not subtracted: a receiver that gave up has `taken` at the end, beyond `sent`.
        if (sent > taken.load() + (calls_ahead - 1) * datagrams) {
          // Half of it has to go first, so that waits are few.
          for (auto seen = taken.load(); sent > seen + calls_ahead / 2 * datagrams; seen = taken.load())
            taken.wait(seen);
        }
        socket.send(to);
      }
      sending += bench::thread_seconds() - begun;
    });
    const double begun = bench::thread_seconds();
    while (taken < calls * datagrams) {
      const auto came = receiver.receive();
      if (came == 0) {
        taken = calls * datagrams;  // the sender waits no more
        taken.notify_one();
        return state.SkipWithError("datagrams were lost");
      }
      taken += came;
      taken.notify_one();
    }
    receiving += bench::thread_seconds() - begun;
  }
  const auto bytes = static_cast<double>(calls * datagrams * size) * static_cast<double>(state.iterations());
  state.counters["Gbit/s"] = bytes * 8e-9 / std::max(sending, receiving);
  state.counters["sender"] = bytes * 8e-9 / sending;
  state.counters["receiver"] = bytes * 8e-9 / receiving;
}

}  // namespace

BENCHMARK(exchange<OurSocket>)->Name("udp-loopback/ours");
BENCHMARK(exchange<PlainSocket>)->Name("udp-loopback/mmsg");
