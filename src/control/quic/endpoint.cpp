#include "control/quic/endpoint.h"

#include <algorithm>

#include "control/quic/ngtcp2_convert.h"

namespace pf::control {
namespace {

// From this many half-open handshakes on, a client has to prove its address before anything is kept about it.
constexpr std::size_t handshakes_before_retry = 8;
constexpr milliseconds between_resets{5};
constexpr std::byte long_header{0x80};

std::string_view key_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

Endpoint::Endpoint(Options options, QuicPort::Accept accept, Output output)
    : options_(std::move(options)), accept_(std::move(accept)), output_(std::move(output)) {}

Endpoint::~Endpoint() = default;

void Endpoint::add_id(const ngtcp2_cid& id, Connection& connection) {
  by_id_[std::string(key_of(id.data, id.datalen))] = connection.weak_from_this();
}

void Endpoint::remove_id(const ngtcp2_cid& id) {
  by_id_.erase(std::string(key_of(id.data, id.datalen)));
}

// --- packets ---

void Endpoint::receive(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                       TimePoint arrival) {
  if (packet.empty()) return;
  ngtcp2_version_cid header;
  const int decoded = ngtcp2_pkt_decode_version_cid(&header, to_octets(packet), packet.size(), connection_id_size);
  if (decoded == NGTCP2_ERR_VERSION_NEGOTIATION) {
    if (options_.listening) transmit(remote, local, write_version_negotiation(header));
    return;
  }
  if (decoded != 0) return;

  const auto found = by_id_.find(key_of(header.dcid, header.dcidlen));
  if (const auto connection = found != by_id_.end() ? found->second.lock() : nullptr) {
    connection->receive(local, remote, packet, arrival);
    settle(*connection, arrival);
    return;
  }
  const bool is_short = (packet[0] & long_header) == std::byte{0};
  if (!options_.listening) {
    if (is_short) receive_reset(local, remote, packet, arrival);
    return;
  }
  if (is_short) {
    if (arrival < next_reset_) return;
    next_reset_ = arrival + between_resets;
    transmit(remote, local, write_stateless_reset(header, packet.size(), options_.reset_secret));
  } else if (header.version == NGTCP2_PROTO_VER_V1) {
    accept_packet(local, remote, packet, arrival);
  } else if (header.version != 0 && packet.size() >= NGTCP2_MAX_UDP_PAYLOAD_SIZE) {
    // Versions that the library knows and we do not offer.
    transmit(remote, local, write_version_negotiation(header));
  }
}

/// A stateless reset is addressed to nobody: only the connection that it means knows its token (RFC 9000,
/// section 10.3.1).
void Endpoint::receive_reset(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                             TimePoint arrival) {
  const auto meant = std::ranges::find_if(
      connections_, [&](const auto& entry) { return !entry.second->closed() && entry.second->remote() == remote; });
  if (meant == connections_.end()) return;
  const auto connection = meant->second;
  connection->receive(local, remote, packet, arrival);
  settle(*connection, arrival);
}

void Endpoint::accept_packet(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                             TimePoint now) {
  ngtcp2_pkt_hd first;
  if (ngtcp2_accept(&first, to_octets(packet), packet.size()) != 0) return;
  const QuicPath path(local, remote);
  std::optional<ngtcp2_cid> original_id;
  if (first.token.len != 0) {
    original_id = check_retry(first, path, options_.reset_secret, now);
    if (!original_id) return;
  } else if (wants_retry()) {
    transmit(remote, local, write_retry(first, path, options_.reset_secret, now));
    return;
  }
  if (!make_room()) return;

  auto setup = this->setup(TlsRole::server, local, remote);
  setup.first = &first;
  setup.original_id = original_id ? &*original_id : nullptr;
  const auto created = Connection::create(setup, *this, now);
  if (!created) return;
  const auto& connection = *created;
  connections_[setup.id] = connection;
  connection->receive(local, remote, packet, now);
  settle(*connection, now);
  if (connection->forgettable(now)) forget(*connection);  // what was no handshake takes no room from one
}

bool Endpoint::wants_retry() const {
  const auto half_open =
      std::ranges::count_if(connections_, [](const auto& entry) { return entry.second->handshaking(); });
  return static_cast<std::size_t>(half_open) >= handshakes_before_retry;
}

/// When all places are taken, those go that nobody would miss: ended connections, then the handshake that has been
/// under way for longest. An honest one takes milliseconds; one that keeps a place on purpose does not.
bool Endpoint::make_room() {
  if (connections_.size() < options_.max_connections) return true;
  auto victim =
      std::ranges::find_if(connections_, [](const auto& entry) { return entry.second->closed().has_value(); });
  if (victim == connections_.end())
    victim = std::ranges::find_if(connections_, [](const auto& entry) { return entry.second->handshaking(); });
  if (victim == connections_.end()) return false;
  forget(*victim->second);
  return true;
}

void Endpoint::forget(Connection& connection) {
  const auto keep = connection.shared_from_this();
  std::erase_if(by_id_, [&](const auto& entry) { return entry.second.lock() == keep; });
  connections_.erase(connection.id());
}

Connection::Setup Endpoint::setup(TlsRole role, const net::Address& local, const net::Address& remote) {
  Connection::Setup setup;
  setup.id = next_id_++;
  setup.role = role;
  setup.local = local;
  setup.remote = remote;
  setup.source_chosen = options_.source_chosen;
  setup.timeouts = options_.timeouts;
  setup.windows = options_.windows;
  setup.credentials = options_.credentials;
  setup.media = std::make_shared<MediaPath>(options_.socket);
  return setup;
}

// --- attempts ---

void Endpoint::connect(const net::Address& local, const net::Address& remote, std::optional<Fingerprint> expected,
                       std::shared_ptr<ConnectionHandler> handler, Connected done, TimePoint now) {
  start_attempt({local, remote, now + options_.timeouts.handshake, expected, std::move(handler), std::move(done)}, now);
}

void Endpoint::start_attempt(Attempt attempt, TimePoint now) {
  auto setup = this->setup(TlsRole::client, attempt.local, attempt.remote);
  setup.timeouts.handshake = std::chrono::ceil<milliseconds>(attempt.until - now);
  const auto connection = Connection::create(setup, *this, now);
  if (!connection) {
    attempt.done(std::unexpected(connection.error()));
    return;
  }
  connections_[setup.id] = *connection;
  attempts_[setup.id] = std::move(attempt);
  (*connection)->advance(now);
}

void Endpoint::finish_attempt(Connection& connection, TimePoint now) {
  const auto found = attempts_.find(connection.id());
  const bool succeeded = connection.take_handshake_done();
  if (found == attempts_.end() || (!succeeded && !connection.closed())) return;
  auto attempt = std::move(found->second);
  attempts_.erase(found);
  if (succeeded && attempt.expected && *attempt.expected != connection.peer()) {
    connection.abort(0, "the host's certificate is not the one that was paired", now);
    attempt.done(fail(ErrorCode::unauthenticated,
                      "the host shows another certificate than the one that was paired: it was set up anew, or "
                      "somebody is in between; pair again if you trust it"));
    return;
  }
  if (succeeded) {
    connection.set_handler(std::move(attempt.handler));
    attempt.done(std::static_pointer_cast<QuicConnection>(connection.shared_from_this()));
    return;
  }
  const auto& reason = *connection.closed();
  const bool idle = reason.kind == CloseReason::Kind::idle;
  // QUIC gives silence up before we do: the host may be waking up.
  if (idle && now < attempt.until) return start_attempt(std::move(attempt), now);
  const bool silent = idle || (reason.kind == CloseReason::Kind::handshake && reason.code == 0);
  attempt.done(fail(silent ? ErrorCode::timeout : ErrorCode::refused, reason.text));
}

// --- time ---

void Endpoint::settle(Connection& connection, TimePoint now) {
  // The caller may hold nothing but a reference.
  const auto keep = connection.shared_from_this();
  if (!options_.listening) {
    finish_attempt(connection, now);
  } else if (connection.take_handshake_done()) {
    if (auto handler = accept_(connection)) {
      connection.set_handler(std::move(handler));
    } else {
      connection.abort(0, "refused", now);
    }
  }
  connection.dispatch();
}

void Endpoint::advance(TimePoint now) {
  // Handlers may make connections while this runs: walk over those that were there.
  for (const auto& [id, connection] : connections_) advancing_.push_back(connection);
  for (const auto& connection : advancing_) {
    connection->advance(now);
    settle(*connection, now);
    if (connection->forgettable(now)) forget(*connection);
  }
  advancing_.clear();
}

TimePoint Endpoint::deadline() const {
  auto earliest = TimePoint::max();
  for (const auto& [id, connection] : connections_) earliest = std::min(earliest, connection->deadline());
  return earliest;
}

void Endpoint::shut_down(TimePoint now) {
  for (auto& [id, attempt] : attempts_) attempt.done(fail(ErrorCode::closed, "the program is ending"));
  attempts_.clear();
  for (const auto& [id, connection] : connections_) {
    connection->set_handler(nullptr);
    connection->abort(0, "shutting down", now);
  }
  connections_.clear();
  by_id_.clear();
}

}  // namespace pf::control
