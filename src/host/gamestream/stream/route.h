// The way to one client's UDP socket: known when a ping with the session's token has come from there.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "core/net/udp_socket.h"
#include "core/session/packet_sink.h"

namespace pf::host::gamestream {

/// Any thread.
class Route final : public session::PacketSink {
 public:
  /// Shares the socket with every other session's route.
  explicit Route(std::shared_ptr<net::UdpSocket> socket) : socket_(std::move(socket)) {}

  /// What the packets are marked as from now on.
  void mark(net::Dscp dscp);
  void set_peer(const net::Address& to, const net::Address& local);
  [[nodiscard]] bool known() const;
  /// Nothing before there is a peer, and that is no error.
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override;

 private:
  struct Peer {
    net::Address to;
    net::Address local;
  };
  const std::shared_ptr<net::UdpSocket> socket_;
  mutable std::mutex mutex_;
  std::optional<Peer> peer_;
  net::Dscp dscp_ = net::Dscp::best_effort;
};

}  // namespace pf::host::gamestream
