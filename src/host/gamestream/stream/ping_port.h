// A UDP port on which clients ping and to whose senders media goes: one for video, one for sound.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "core/net/udp_socket.h"
#include "host/gamestream/stream/ping.h"

namespace pf::host::gamestream {

class PingPort {
 public:
  /// On the port's thread; must not block.
  using OnPing = std::function<void(const net::Address& from, const net::Address& local, const Ping& ping)>;
  /// Listens at once. Errors: UdpSocket::bind's.
  static Result<std::unique_ptr<PingPort>> open(const net::Address& bind, OnPing on_ping);
  ~PingPort();
  PingPort(const PingPort&) = delete;
  PingPort& operator=(const PingPort&) = delete;

  /// Shared with the routes, which may outlive the port by a packet.
  [[nodiscard]] std::shared_ptr<net::UdpSocket> socket() const { return socket_; }

 private:
  PingPort(std::shared_ptr<net::UdpSocket> socket, OnPing on_ping);
  void run(const std::stop_token& stop);

  const std::shared_ptr<net::UdpSocket> socket_;
  const OnPing on_ping_;
  std::jthread thread_;
};

}  // namespace pf::host::gamestream
