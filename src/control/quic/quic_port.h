// One UDP port with QUIC and media on it. A receive thread tells them apart by the first byte; a control thread runs
// QUIC (ngtcp2) and calls the handlers. Media never waits for QUIC.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "control/trust/identity.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/crypto/packet_protection.h"
#include "core/net/address.h"
#include "core/net/udp_socket.h"
#include "core/session/packet_sink.h"

namespace pf::control {

/// QUIC v1, ALPN "punktfunk/1", TLS 1.3 with a certificate from both sides, datagrams (RFC 9221).
inline constexpr std::uint16_t default_port = 47900;

struct QuicTimeouts {
  milliseconds idle{2000};  // silence after which the peer counts as gone
  milliseconds keep_alive{400};
  milliseconds handshake{5000};
};

/// Why a connection ended, for logs and for the user.
struct CloseReason {
  enum class Kind { local, peer, idle, transport, handshake } kind = Kind::local;
  std::uint64_t code = 0;
  std::string text;
};

/// Which of the two client-opened streams bytes belong to.
enum class Channel : std::uint8_t { control = 0, input = 1 };

/// A live connection. All calls on the control thread, except where said.
class QuicConnection {
 public:
  virtual ~QuicConnection() = default;
  [[nodiscard]] virtual std::uint64_t id() const = 0;         // unique within the port, any thread
  [[nodiscard]] virtual const Fingerprint& peer() const = 0;  // the certificate that the peer proved, any thread
  [[nodiscard]] virtual net::Address remote() const = 0;      // the validated path
  /// Reliable and ordered within a channel. Errors: closed; exhausted (1 MiB unsent: the peer does not read).
  virtual Result<void> send(Channel channel, std::span<const std::byte> bytes) = 0;
  /// Unreliable; lost without notice when it does not fit. At most 1,000 bytes.
  virtual void send_datagram(std::span<const std::byte> bytes) = 0;
  virtual Result<crypto::MediaSecret> media_secret() const = 0;
  virtual void close(std::uint64_t code,
                     const std::string& text) = 0;  // after what was sent before has had 200 ms to arrive
  /// Sends media along the validated path; any thread, and valid after the connection is gone (it then drops
  /// everything).
  [[nodiscard]] virtual std::shared_ptr<session::PacketSink> media_sink() = 0;
};

/// What happens on a connection. Called on the control thread; must not block.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  virtual void on_bytes(QuicConnection& connection, Channel channel, std::span<const std::byte> bytes) = 0;
  virtual void on_datagram(QuicConnection& connection, std::span<const std::byte> bytes, TimePoint arrival) = 0;
  virtual void on_closed(QuicConnection& connection, const CloseReason& reason) = 0;
};

/// Media packets as they come in, on the receive thread. `from` is not yet trusted: a packet counts once it opens under
/// its key.
using MediaHandler = std::function<void(std::span<std::byte> packet, const net::Address& from, TimePoint arrival)>;

struct QuicPortOptions {
  net::Address bind;
  Identity identity;
  QuicTimeouts timeouts;
  net::UdpOptions udp;
  std::size_t max_connections = 64;
};

class QuicPort {
 public:
  /// For each connection whose handshake ended, on the control thread; nullptr refuses it.
  using Accept = std::function<std::shared_ptr<ConnectionHandler>(QuicConnection&)>;

  /// A server. Errors: busy ("UDP port 47900 is in use ..."), permission, io.
  static Result<std::unique_ptr<QuicPort>> listen(const QuicPortOptions& options, Accept accept);
  /// A client's port, without a connection as yet.
  static Result<std::unique_ptr<QuicPort>> open(const QuicPortOptions& options);
  virtual ~QuicPort() = default;  // closes every connection; no handler is called afterwards

  /// Client: connects and waits for the handshake. `expected` pins the host's certificate; nullopt (pairing) takes any
  /// and leaves the proof to SPAKE2. Blocks the calling thread, which must not be the control thread. Errors: timeout,
  /// refused, unauthenticated (another certificate than the pinned one), closed (`stop`; the port is good for nothing
  /// more then), io.
  virtual Result<std::shared_ptr<QuicConnection>> connect(const net::Address& to, std::optional<Fingerprint> expected,
                                                          std::shared_ptr<ConnectionHandler> handler,
                                                          const std::stop_token& stop = {}) = 0;
  virtual void set_media_handler(MediaHandler handler) = 0;  // any thread; returns when the old one is not running
  /// Runs `task` on the control thread, now or after `delay`. Any thread.
  virtual void post(std::function<void()> task, milliseconds delay = milliseconds{0}) = 0;
  [[nodiscard]] virtual net::Address local() const = 0;
};

}  // namespace pf::control
