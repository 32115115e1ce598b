// QUIC hosts and clients in one thread, on a clock of their own, over a network that does what the test says.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/quic/endpoint.h"
#include "core/wire/bytes.h"
#include "core/wire/media_header.h"
#include "support/impairment.h"
#include "support/quic_handler.h"

namespace pf::test {

/// 0 is the host's, 1 the client's, 2 somebody else's.
inline const control::Identity& quic_identity(int which) {
  static const std::array<control::Identity, 3> made{control::Identity::generate("host").value(),
                                                     control::Identity::generate("client").value(),
                                                     control::Identity::generate("other").value()};
  return made.at(static_cast<std::size_t>(which));
}

inline net::Address quic_address(std::uint8_t last, std::uint16_t port = 4000) {
  auto address = net::Address::v4_any(port);
  address.bytes = {192, 0, 2, last};
  return address;
}

/// Notes where media goes; nothing arrives.
class MediaSocket final : public net::UdpSocket {
 public:
  [[nodiscard]] net::Address local() const override { return {}; }
  Result<void> send(const net::Address& to, const net::Via&, std::span<const std::byte>) override {
    sent.push_back(to);
    return {};
  }
  Result<void> send_segments(const net::Address& to, const net::Via&, std::span<const std::byte>,
                             std::size_t) override {
    sent.push_back(to);
    return {};
  }
  Result<void> receive(net::ReceiveBatch&, milliseconds) override { return {}; }
  void interrupt() override {}
  std::vector<net::Address> sent;
};

struct QuicPacket {
  net::Address from;
  net::Address to;
  std::vector<std::byte> bytes;
};

class QuicLab {
 public:
  /// One end: an endpoint and what it has told.
  struct End {
    net::Address address;
    std::shared_ptr<MediaSocket> media = std::make_shared<MediaSocket>();
    std::unique_ptr<control::Endpoint> endpoint;
    std::shared_ptr<RecordingHandler> handler = std::make_shared<RecordingHandler>();
    // Of a host: the newest connection that it has accepted. Of a client: what connect() brought.
    std::shared_ptr<control::QuicConnection> connection;
    std::optional<Error> error;
    int accepted = 0;
    bool accepting = true;
  };

  explicit QuicLab(control::QuicTimeouts timeouts = {}, ImpairmentOptions to_host = {},
                   ImpairmentOptions from_host = {})
      : timeouts_(timeouts), to_host_(to_host, clock.now()), from_host_(from_host, clock.now()) {
    host = make_host();
    client = make_client(2);
  }

  std::unique_ptr<End> make_host(std::size_t max_connections = 64, const control::Windows& windows = {}) {
    auto end = std::make_unique<End>();
    end->address = quic_address(1, control::default_port);
    auto* const raw = end.get();
    auto options = options_for(*end, 0);
    options.listening = true;
    options.max_connections = max_connections;
    options.windows = windows;
    end->endpoint = std::make_unique<control::Endpoint>(
        std::move(options),
        [raw](control::QuicConnection& connection) -> std::shared_ptr<control::ConnectionHandler> {
          if (!raw->accepting) return nullptr;
          ++raw->accepted;
          raw->connection = dynamic_cast<control::Connection&>(connection).shared_from_this();
          return raw->handler;
        },
        output());
    return end;
  }

  std::unique_ptr<End> make_client(std::uint8_t last, std::uint16_t port = 4000) {
    auto end = std::make_unique<End>();
    end->address = quic_address(last, port);
    end->endpoint = std::make_unique<control::Endpoint>(options_for(*end, 1), nullptr, output());
    return end;
  }

  void start_connect(End& from, std::optional<control::Fingerprint> expected = quic_identity(0).fingerprint) {
    from.endpoint->connect(
        from.address, host->address, expected, from.handler,
        [&from](Result<std::shared_ptr<control::QuicConnection>> result) {
          if (result) {
            from.connection = *result;
          } else {
            from.error = result.error();
          }
        },
        clock.now());
  }

  /// Connects the client and waits until the host has accepted.
  void connect() {
    start_connect(*client);
    ASSERT_TRUE(run_until([&] { return client->connection && host->connection; }))
        << (client->error ? client->error->message : "no handshake");
  }

  /// Runs until nothing is left to do before `length` is over.
  void run(Duration length) {
    run_until([] { return false; }, length);
  }

  bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::seconds{20}) {
    const auto end = clock.now() + limit;
    settle();
    while (!done()) {
      auto next = end;
      if (!on_the_way_.empty()) next = std::min(next, on_the_way_.begin()->first);
      for (auto* const one : ends()) next = std::min(next, one->endpoint->deadline());
      if (next > clock.now()) {
        clock.advance(next - clock.now());
        idle_steps_ = 0;
      } else if (++idle_steps_ > 10'000) {
        ADD_FAILURE() << "time stands still";
        return false;
      }
      ++steps;
      deliver();
      settle();
      if (clock.now() >= end) return done();
    }
    return true;
  }

  /// Handlers' and the test's own sends, written now.
  void settle() {
    for (auto* const one : ends()) one->endpoint->advance(clock.now());
  }

  void inject(const QuicPacket& packet) { on_the_way_.emplace(clock.now(), packet); }
  void flush_network() { on_the_way_.clear(); }

  ManualClock clock;
  std::unique_ptr<End> host;  // gone: packets to it are lost
  std::unique_ptr<End> client;
  std::vector<End*> others;
  /// Sees each packet as it is sent; may change it, or lose it by returning false.
  std::function<bool(QuicPacket&)> on_packet;
  std::uint64_t steps = 0;
  std::map<net::Address, std::uint64_t> bytes_to;  // QUIC's

 private:
  std::vector<End*> ends() {
    std::vector<End*> all = others;
    if (host) all.push_back(host.get());
    if (client) all.push_back(client.get());
    return all;
  }

  control::Endpoint::Options options_for(End& end, int identity) {
    control::Endpoint::Options options;
    options.timeouts = timeouts_;
    options.credentials = credentials(identity);
    options.socket = end.media;
    options.reset_secret.assign(32, static_cast<std::byte>(identity));
    return options;
  }

  static std::shared_ptr<const control::TlsCredentials> credentials(int which) {
    static const std::array made{control::TlsCredentials::create(quic_identity(0)).value(),
                                 control::TlsCredentials::create(quic_identity(1)).value()};
    return made.at(static_cast<std::size_t>(which));
  }

  control::Endpoint::Output output() {
    return [this](const net::Address& remote, const net::Address& local, std::span<const std::byte> bytes) {
      EXPECT_LE(bytes.size(), 1200u);
      EXPECT_FALSE(wire::is_media(bytes[0]));
      QuicPacket packet{local, remote, {bytes.begin(), bytes.end()}};
      bytes_to[remote] += bytes.size();
      if (on_packet && !on_packet(packet)) return;
      auto& way = packet.to.port == control::default_port ? to_host_ : from_host_;
      const auto fate = way.offer(clock.now(), packet.bytes.size());
      for (std::size_t copy = 0; copy < fate.copies; ++copy) on_the_way_.emplace(fate.arrivals[copy], packet);
    };
  }

  void deliver() {
    while (!on_the_way_.empty() && on_the_way_.begin()->first <= clock.now()) {
      const auto packet = on_the_way_.extract(on_the_way_.begin()).mapped();
      for (auto* const one : ends()) {
        if (one->address == packet.to) one->endpoint->receive(one->address, packet.from, packet.bytes, clock.now());
      }
    }
  }

  control::QuicTimeouts timeouts_;
  Impairment to_host_;
  Impairment from_host_;
  std::multimap<TimePoint, QuicPacket> on_the_way_;
  int idle_steps_ = 0;
};

}  // namespace pf::test
