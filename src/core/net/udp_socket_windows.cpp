#include <algorithm>
#include <mutex>

#include "core/net/socket_api.h"
#include "core/net/udp_socket.h"

namespace pf::net {

void start_sockets() {
  static std::once_flag once;
  std::call_once(once, [] {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
  });
}

namespace {

std::string reason(int number) {
  return "Windows socket error " + std::to_string(number);
}

void set(SOCKET s, int level, int option, DWORD value) {
  setsockopt(s, level, option, reinterpret_cast<const char*>(&value), sizeof(value));
}

class WindowsUdpSocket final : public UdpSocket {
 public:
  WindowsUdpSocket(SOCKET socket, WSAEVENT readable, WSAEVENT wake, Address local, bool v6)
      : socket_(socket), readable_(readable), wake_(wake), local_(local), v6_(v6) {}
  ~WindowsUdpSocket() override {
    closesocket(socket_);
    WSACloseEvent(readable_);
    WSACloseEvent(wake_);
  }
  WindowsUdpSocket(const WindowsUdpSocket&) = delete;
  WindowsUdpSocket& operator=(const WindowsUdpSocket&) = delete;

  [[nodiscard]] Address local() const override { return local_; }

  Result<void> send(const Address& to, const Via&, std::span<const std::byte> payload) override {
    sockaddr_storage name{};
    const auto size = v6_ ? to_mapped_sockaddr(to, name) : to_sockaddr(to, name);
    const int sent = sendto(socket_, reinterpret_cast<const char*>(payload.data()), static_cast<int>(payload.size()), 0,
                            reinterpret_cast<const sockaddr*>(&name), size);
    if (sent >= 0) return {};
    const int number = WSAGetLastError();
    if (number == WSAEWOULDBLOCK || number == WSAENOBUFS)
      return fail(ErrorCode::exhausted, "the socket's send buffer is full");
    if (number == WSAEMSGSIZE)
      return fail(ErrorCode::unsupported, "a datagram is longer than the way to " + to.to_string() + " takes");
    return fail(ErrorCode::io, "cannot send to " + to.to_string() + ": " + reason(number));
  }

  Result<void> send_segments(const Address& to, const Via& via, std::span<const std::byte> payload,
                             std::size_t segment) override {
    if (segment == 0) return fail(ErrorCode::invalid_argument, "a segment has at least one byte");
    while (!payload.empty()) {
      const auto part = payload.first(std::min(segment, payload.size()));
      if (auto sent = send(to, via, part); !sent) return sent;
      payload = payload.subspan(part.size());
    }
    return {};
  }

  Result<void> receive(ReceiveBatch& batch, milliseconds wait) override {
    batch.clear();
    const WSAEVENT events[] = {readable_, wake_};
    if (WSAWaitForMultipleEvents(2, events, FALSE, static_cast<DWORD>(wait.count()), FALSE) == WSA_WAIT_EVENT_0 + 1) {
      WSAResetEvent(wake_);
      return {};
    }
    WSAResetEvent(readable_);
    for (std::size_t i = 0; i < ReceiveBatch::slots; ++i) {
      const auto slot = batch.slot(i);
      sockaddr_storage name{};
      int size = sizeof(name);
      const int count = recvfrom(socket_, reinterpret_cast<char*>(slot.data()), static_cast<int>(slot.size()), 0,
                                 reinterpret_cast<sockaddr*>(&name), &size);
      if (count < 0) {
        const int number = WSAGetLastError();
        if (number == WSAEWOULDBLOCK) return {};
        // ICMP errors of earlier sends come up here too; they say nothing that a timeout would not.
        if (number == WSAECONNRESET || number == WSAENETRESET || number == WSAEMSGSIZE) continue;
        return fail(ErrorCode::io, "cannot receive: " + reason(number));
      }
      batch.add({from_sockaddr(reinterpret_cast<const sockaddr&>(name)), local_,
                 slot.first(static_cast<std::size_t>(count)), 0, Dscp::best_effort, std::chrono::steady_clock::now()});
    }
    // There may be more: a later wait must not sleep over it.
    WSASetEvent(readable_);
    return {};
  }

  void interrupt() override { WSASetEvent(wake_); }

 private:
  SOCKET socket_;
  WSAEVENT readable_;
  WSAEVENT wake_;
  Address local_;
  bool v6_;
};

}  // namespace

Result<std::unique_ptr<UdpSocket>> UdpSocket::bind(const Address& local, const UdpOptions& options) {
  start_sockets();
  const bool v6 = local.family == Address::Family::v6;
  const bool any = local.bytes == std::array<std::uint8_t, 16>{};
  const SOCKET s = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  if (s == INVALID_SOCKET) {
    if (v6 && any) return bind(Address::v4_any(local.port), options);
    return fail(ErrorCode::io, "cannot make a UDP socket: " + reason(WSAGetLastError()));
  }
  if (v6) set(s, IPPROTO_IPV6, IPV6_V6ONLY, any ? 0 : 1);
  set(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
  set(s, SOL_SOCKET, SO_RCVBUF, static_cast<DWORD>(options.receive_buffer));
  set(s, SOL_SOCKET, SO_SNDBUF, static_cast<DWORD>(options.send_buffer));
  u_long nonblocking = 1;
  ioctlsocket(s, FIONBIO, &nonblocking);

  sockaddr_storage name{};
  int size = to_sockaddr(local, name);
  if (::bind(s, reinterpret_cast<const sockaddr*>(&name), size) != 0) {
    const int number = WSAGetLastError();
    closesocket(s);
    const auto port = "UDP port " + std::to_string(local.port);
    if (number == WSAEADDRINUSE || number == WSAEACCES)
      return fail(ErrorCode::busy, port + " is in use by another program");
    return fail(ErrorCode::io, "cannot listen at " + local.to_string() + ": " + reason(number));
  }
  size = sizeof(name);
  getsockname(s, reinterpret_cast<sockaddr*>(&name), &size);
  const WSAEVENT readable = WSACreateEvent();
  const WSAEVENT wake = WSACreateEvent();
  WSAEventSelect(s, readable, FD_READ);
  return std::make_unique<WindowsUdpSocket>(s, readable, wake, from_sockaddr(reinterpret_cast<const sockaddr&>(name)),
                                            v6);
}

}  // namespace pf::net
