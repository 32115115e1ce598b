// One QUIC connection without I/O and without a clock: packets and times go in, packets, events and the next deadline
// come out.
#pragma once

#include <ngtcp2/ngtcp2.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "control/quic/media_path.h"
#include "control/quic/quic_port.h"
#include "control/quic/send_buffer.h"
#include "control/quic/tls_session.h"

namespace pf::control {

class Connection;

/// What a peer may have sent without our having taken it, bytes.
struct Windows {
  std::uint64_t channel = 256u << 10;
  std::uint64_t connection = 512u << 10;
};

/// What a connection needs of the endpoint that holds it.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void transmit(const net::Address& remote, const net::Address& local, std::span<const std::byte> packet) = 0;
  virtual void add_id(const ngtcp2_cid& id, Connection& connection) = 0;
  virtual void remove_id(const ngtcp2_cid& id) = 0;
  /// Bytes from which the tokens of stateless resets are made; the same after a restart.
  [[nodiscard]] virtual std::span<const std::byte> reset_secret() const = 0;
};

class Connection final : public QuicConnection, public std::enable_shared_from_this<Connection> {
 public:
  struct Setup {
    std::uint64_t id = 0;
    TlsRole role = TlsRole::client;
    net::Address local;
    net::Address remote;
    bool source_chosen = false;  // the local address is one of several, so media has to leave from it
    QuicTimeouts timeouts;
    Windows windows;
    std::shared_ptr<const TlsCredentials> credentials;
    std::shared_ptr<MediaPath> media;
    // Servers:
    const ngtcp2_pkt_hd* first = nullptr;
    const ngtcp2_cid* original_id = nullptr;  // after a Retry: what the client chose at first
  };
  static Result<std::shared_ptr<Connection>> create(const Setup& setup, ConnectionOwner& owner, TimePoint now);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // --- the endpoint's side ---
  void receive(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
               TimePoint arrival);
  /// Runs what is due, then writes what can be written.
  void advance(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;
  /// True once: the handshake is over and the peer's certificate is known.
  bool take_handshake_done();
  /// Hands events over to the handler.
  void dispatch();
  void set_handler(std::shared_ptr<ConnectionHandler> handler) { handler_ = std::move(handler); }
  [[nodiscard]] const std::optional<CloseReason>& closed() const { return closed_; }
  /// The endpoint may forget it: closed, and the peer has had time to notice.
  [[nodiscard]] bool forgettable(TimePoint now) const { return closed_ && now >= linger_until_; }
  [[nodiscard]] bool handshaking() const { return !established_ && !closed_; }
  /// Ends it at once, telling the peer.
  void abort(std::uint64_t code, const std::string& text, TimePoint now);

  // --- QuicConnection ---
  [[nodiscard]] std::uint64_t id() const override { return setup_.id; }
  [[nodiscard]] const Fingerprint& peer() const override { return peer_; }
  [[nodiscard]] net::Address remote() const override;
  Result<void> send(Channel channel, std::span<const std::byte> bytes) override;
  void send_datagram(std::span<const std::byte> bytes) override;
  [[nodiscard]] Result<crypto::MediaSecret> media_secret() const override;
  void close(std::uint64_t code, const std::string& text) override;
  [[nodiscard]] std::shared_ptr<session::PacketSink> media_sink() override { return setup_.media; }

 private:
  struct StreamBytes {
    Channel channel;
    std::vector<std::byte> bytes;
  };
  struct Message {
    std::vector<std::byte> bytes;
    TimePoint arrival;
  };
  struct OutDatagram {
    std::vector<std::byte> bytes;
    std::optional<TimePoint> tried;  // first, in vain
  };
  struct OutStream {
    std::int64_t id = -1;
    SendBuffer buffer;
    bool blocked = false;
  };
  struct Closing {
    std::uint64_t code = 0;
    std::string text;
    std::optional<TimePoint> force_at;
  };
  struct Route {
    net::Address local;
    net::Address remote;
    bool operator==(const Route&) const = default;
  };

  Connection(const Setup& setup, ConnectionOwner& owner) : setup_(setup), owner_(owner) {}
  Result<void> start(TimePoint now);
  static ngtcp2_callbacks callbacks(TlsRole role);
  int on_handshake_completed();
  int on_stream_data(std::int64_t stream, std::span<const std::byte> bytes);
  int on_new_id(ngtcp2_cid& id, std::uint8_t* token, std::size_t size);
  void on_route_validated(const ngtcp2_path& path);
  void follow_route();
  static Route route_of(const ngtcp2_path& path);

  // Writing: connection_output.cpp
  void write_pending(TimePoint now);
  [[nodiscard]] bool room_for_datagram(std::size_t size) const;
  bool write_datagrams(TimePoint now);
  bool write_once(TimePoint now);
  OutStream* next_stream();
  bool all_sent() const;
  void transmit(const ngtcp2_path& path, std::size_t size);

  // The end: connection_end.cpp
  void fail_with(int error, TimePoint now);
  CloseReason reason_heard() const;
  void break_off(int error, TimePoint now);
  void write_close(const ngtcp2_connection_close_error& error, TimePoint now);
  void end(CloseReason reason, TimePoint now);
  void repeat_close(const Route& route, TimePoint now);

  Setup setup_;
  ConnectionOwner& owner_;
  std::unique_ptr<TlsSession> tls_;
  ngtcp2_conn* conn_ = nullptr;
  std::shared_ptr<ConnectionHandler> handler_;  // with whoever accepted or opened the connection
  Fingerprint peer_{};
  bool established_ = false;
  bool handshake_done_ = false;
  bool told_closed_ = false;
  bool reset_ = false;                // by a peer that has forgotten us
  std::deque<Route> validated_;       // where the peer has shown that it receives; newest last
  std::optional<Route> media_route_;  // one of them
  std::array<OutStream, 2> out_;      // by Channel
  std::deque<OutDatagram> datagrams_;
  std::deque<std::variant<StreamBytes, Message>> events_;
  std::optional<Closing> closing_;
  std::optional<CloseReason> closed_;
  std::vector<std::byte> close_packet_;
  std::optional<Route> close_route_;
  std::uint32_t heard_since_close_ = 0;
  TimePoint linger_until_;
  TimePoint now_;      // never goes back: ngtcp2 does not stand it
  TimePoint arrival_;  // of the packet that is being read
  std::array<std::byte, 1500> packet_{};
};

}  // namespace pf::control
