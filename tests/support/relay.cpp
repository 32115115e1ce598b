#include "support/relay.h"

#include <utility>

namespace pf::test {
namespace {

// Only how soon a thread notices a stop that interrupt() came too early for.
constexpr milliseconds receive_wait{200};

template <class Options>
Options for_client(Options options, std::size_t number) {
  options.seed += number;
  return options;
}

void add(Attacker::Counters& sum, const Attacker::Counters& more) {
  sum.replayed += more.replayed;
  sum.forged += more.forged;
}

void add(Impairment::Counters& sum, const Impairment::Counters& more) {
  sum.offered += more.offered;
  sum.lost += more.lost;
  sum.overflow += more.overflow;
  sum.cut += more.cut;
  sum.held_back += more.held_back;
  sum.duplicated += more.duplicated;
}

}  // namespace

struct Relay::Client {
  Client(const net::Address& client_address, std::shared_ptr<net::UdpSocket> client_socket, const RelayOptions& options,
         std::size_t number, TimePoint now)
      : address(client_address),
        socket(std::move(client_socket)),
        to_host(for_client(options.to_host, number), now),
        to_client(for_client(options.to_client, number), now),
        against_host(for_client(options.attacker, 2 * number)),
        against_client(for_client(options.attacker, 2 * number + 1)) {}

  net::Address address;
  std::shared_ptr<net::UdpSocket> socket;  // towards the host, which sees each client at a port of its own
  Impairment to_host;
  Impairment to_client;
  Attacker against_host;
  Attacker against_client;
  std::jthread thread;
};

Result<std::unique_ptr<Relay>> Relay::start(const RelayOptions& options) {
  auto socket = net::UdpSocket::bind(options.listen);
  if (!socket) return std::unexpected(socket.error().within("relay"));
  return std::unique_ptr<Relay>(new Relay(options, std::move(*socket)));
}

Relay::Relay(const RelayOptions& options, std::shared_ptr<net::UdpSocket> socket)
    : options_(options), socket_(std::move(socket)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { receive_from_clients(stop); });
}

Relay::~Relay() {
  thread_.request_stop();
  socket_->interrupt();
  thread_.join();
  // Nobody adds a client any more.
  for (auto& [address, client] : clients_) {
    client->thread.request_stop();
    client->socket->interrupt();
  }
  for (auto& [address, client] : clients_) client->thread.join();
}

net::Address Relay::address() const {
  return socket_->local();
}

void Relay::cut(bool on) {
  const std::lock_guard lock(mutex_);
  cut_ = on;
}

Relay::Counters Relay::counters() const {
  const std::lock_guard lock(mutex_);
  Counters sum;
  sum.clients = clients_.size();
  for (const auto& [address, client] : clients_) {
    add(sum.to_host, client->to_host.counters());
    add(sum.to_client, client->to_client.counters());
    add(sum.against_host, client->against_host.counters());
    add(sum.against_client, client->against_client.counters());
  }
  sum.overflow = line_.overflow();
  return sum;
}

void Relay::receive_from_clients(const std::stop_token& stop) {
  net::ReceiveBatch batch;
  while (!stop.stop_requested()) {
    if (!socket_->receive(batch, receive_wait)) continue;
    for (const auto& datagram : batch.datagrams()) {
      if (auto* client = client_at(datagram.from); client != nullptr) {
        pass(client->to_host, client->against_host, client->socket, options_.host, datagram);
      }
    }
  }
}

void Relay::receive_from_host(const std::stop_token& stop, Client& client) {
  net::ReceiveBatch batch;
  while (!stop.stop_requested()) {
    // An error here is the host's port being closed for now; the next packet may find it open.
    if (!client.socket->receive(batch, receive_wait)) continue;
    for (const auto& datagram : batch.datagrams()) {
      if (datagram.from == options_.host)
        pass(client.to_client, client.against_client, socket_, client.address, datagram);
    }
  }
}

// A new one when the address is new. Null when there are too many, or no socket is to be had.
Relay::Client* Relay::client_at(const net::Address& address) {
  const std::lock_guard lock(mutex_);
  if (const auto known = clients_.find(address); known != clients_.end()) return known->second.get();
  if (clients_.size() >= options_.max_clients) return nullptr;
  const bool v4 = options_.host.family == net::Address::Family::v4;
  auto socket = net::UdpSocket::bind(v4 ? net::Address::v4_any(0) : net::Address::v6_any(0));
  if (!socket) return nullptr;
  auto client = std::make_unique<Client>(address, std::move(*socket), options_, clients_.size(),
                                         std::chrono::steady_clock::now());
  auto* raw = client.get();
  client->thread = std::jthread([this, raw](const std::stop_token& stop) { receive_from_host(stop, *raw); });
  clients_.emplace(address, std::move(client));
  return raw;
}

void Relay::pass(Impairment& network, Attacker& attacker, const std::shared_ptr<net::UdpSocket>& socket,
                 const net::Address& to, const net::Datagram& datagram) {
  const auto now = std::chrono::steady_clock::now();
  Impairment::Fate fate;
  std::vector<std::vector<std::byte>> extra;
  {
    const std::lock_guard lock(mutex_);
    network.cut(cut_);
    fate = network.offer(now, datagram.payload.size());
    extra = attacker.listen(datagram.payload);
  }
  for (const auto& packet : extra) line_.schedule(now, socket, to, packet);
  for (std::size_t copy = 0; copy < fate.copies; ++copy) {
    line_.schedule(fate.arrivals[copy], socket, to, datagram.payload);
  }
}

}  // namespace pf::test
