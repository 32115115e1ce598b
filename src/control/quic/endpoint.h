// All QUIC connections of one port: tells packets apart by connection id, answers what belongs to none. No I/O, no
// clock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "control/quic/connection.h"
#include "control/quic/stateless_replies.h"

namespace pf::control {

class Endpoint final : public ConnectionOwner {
 public:
  struct Options {
    bool listening = false;
    bool source_chosen = false;  // the socket is bound to every address of the machine
    QuicTimeouts timeouts;
    Windows windows;
    std::size_t max_connections = 64;
    std::shared_ptr<const TlsCredentials> credentials;
    std::shared_ptr<net::UdpSocket> socket;  // for media paths; the endpoint itself sends by `output`
    std::vector<std::byte> reset_secret;
  };
  using Output =
      std::function<void(const net::Address& remote, const net::Address& local, std::span<const std::byte> packet)>;

  Endpoint(Options options, QuicPort::Accept accept, Output output);
  ~Endpoint() override;
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  void receive(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
               TimePoint arrival);
  /// Timers, handlers, writing. To be called after receive(), after handlers' own sends, and when deadline() is past.
  void advance(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;

  /// A client's connection attempt. `done` hears once whether the handshake succeeded.
  using Connected = std::function<void(Result<std::shared_ptr<QuicConnection>>)>;
  void connect(const net::Address& local, const net::Address& remote, std::optional<Fingerprint> expected,
               std::shared_ptr<ConnectionHandler> handler, Connected done, TimePoint now);

  /// Closes everything, telling the peers; no handler is called.
  void shut_down(TimePoint now);
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

  // --- ConnectionOwner ---
  void transmit(const net::Address& remote, const net::Address& local, std::span<const std::byte> packet) override {
    if (!packet.empty()) output_(remote, local, packet);
  }
  void add_id(const ngtcp2_cid& id, Connection& connection) override;
  void remove_id(const ngtcp2_cid& id) override;
  [[nodiscard]] std::span<const std::byte> reset_secret() const override { return options_.reset_secret; }

 private:
  struct Attempt {
    net::Address local;
    net::Address remote;
    TimePoint until;
    std::optional<Fingerprint> expected;
    std::shared_ptr<ConnectionHandler> handler;
    Connected done;
  };

  void receive_reset(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                     TimePoint arrival);
  void accept_packet(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                     TimePoint now);
  bool wants_retry() const;
  bool make_room();
  void forget(Connection& connection);
  Connection::Setup setup(TlsRole role, const net::Address& local, const net::Address& remote);
  void start_attempt(Attempt attempt, TimePoint now);
  void finish_attempt(Connection& connection, TimePoint now);
  void settle(Connection& connection, TimePoint now);

  Options options_;
  QuicPort::Accept accept_;
  Output output_;
  std::map<std::string, std::weak_ptr<Connection>, std::less<>> by_id_;
  std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;  // oldest first
  std::map<std::uint64_t, Attempt> attempts_;                         // by connection
  std::vector<std::shared_ptr<Connection>> advancing_;  // during advance(): handlers may make connections meanwhile
  std::uint64_t next_id_ = 1;
  TimePoint next_reset_;
};

}  // namespace pf::control
