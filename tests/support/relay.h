// A bad network in a box: clients send to its port, it passes their packets on to a host and the host's back to them,
// with losses, delays and cuts on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/error.h"
#include "core/net/udp_socket.h"
#include "support/attacker.h"
#include "support/delay_line.h"
#include "support/impairment.h"

namespace pf::test {

struct RelayOptions {
  net::Address listen = net::Address::v4_loopback(0);
  net::Address host;
  ImpairmentOptions to_host{};
  ImpairmentOptions to_client{};
  AttackerOptions attacker{};    // in both directions
  std::size_t max_clients = 64;  // packets of further ones are lost
};

/// Its calls are for any thread. It runs from start() until it is destroyed.
class Relay {
 public:
  struct Counters {
    std::uint64_t clients = 0;
    Impairment::Counters to_host;  // summed over the clients
    Impairment::Counters to_client;
    Attacker::Counters against_host;  // summed over the clients
    Attacker::Counters against_client;
    std::uint64_t overflow = 0;  // of the relay's own memory
  };

  /// Each client gets networks of its own, seeded by the options' seeds and its number. Errors: UdpSocket::bind's.
  static Result<std::unique_ptr<Relay>> start(const RelayOptions& options);
  ~Relay();

  /// Where clients send to.
  [[nodiscard]] net::Address address() const;
  /// Loses everything in both directions until mended.
  void cut(bool on);
  [[nodiscard]] Counters counters() const;

 private:
  struct Client;

  Relay(const RelayOptions& options, std::shared_ptr<net::UdpSocket> socket);
  void receive_from_clients(const std::stop_token& stop);
  void receive_from_host(const std::stop_token& stop, Client& client);
  Client* client_at(const net::Address& address);
  void pass(Impairment& network, Attacker& attacker, const std::shared_ptr<net::UdpSocket>& socket,
            const net::Address& to, const net::Datagram& datagram);

  RelayOptions options_;
  std::shared_ptr<net::UdpSocket> socket_;  // shared with the packets that wait in line_
  DelayLine line_;
  mutable std::mutex mutex_;  // guards everything below
  bool cut_ = false;
  std::map<net::Address, std::unique_ptr<Client>> clients_;
  std::jthread thread_;
};

}  // namespace pf::test
