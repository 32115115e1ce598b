// Media's way out: the address that QUIC has validated last, and no other. docs/protocol.md, "One port".
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "core/net/udp_socket.h"
#include "core/session/packet_sink.h"

namespace pf::control {

/// Any thread. Shared by the connection, which moves it, and the session's senders, which outlive the connection at
/// times.
class MediaPath final : public session::PacketSink {
 public:
  explicit MediaPath(std::shared_ptr<net::UdpSocket> socket) : socket_(std::move(socket)) {}

  /// From now on to `remote`, from `local` where the port serves several addresses.
  void move(const net::Address& remote, std::optional<net::Address> local) {
    const std::lock_guard lock(mutex_);
    remote_ = remote;
    local_ = local;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    remote_.reset();
  }

  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override {
    std::optional<net::Address> remote;
    std::optional<net::Address> local;
    {
      const std::lock_guard lock(mutex_);
      remote = remote_;
      local = local_;
    }
    if (!remote) return {};
    auto sent = socket_->send_segments(*remote, {.from = local ? &*local : nullptr}, packets, segment);
    // A full buffer or a path that is down for a moment is loss, which the protocol is made for.
    if (!sent && (sent.error().code == ErrorCode::exhausted || sent.error().code == ErrorCode::io)) return {};
    return sent;
  }

 private:
  const std::shared_ptr<net::UdpSocket> socket_;  // with the port: media may still be sent while the port goes away
  std::mutex mutex_;
  std::optional<net::Address> remote_;
  std::optional<net::Address> local_;
};

}  // namespace pf::control
