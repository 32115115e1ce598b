#include "control/quic/endpoint.h"

#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>

#include "control/quic/quic_path.h"
#include "core/crypto/hash.h"

namespace pf::control {
namespace {

constexpr std::size_t id_size = 16;
// From this many half-open handshakes on, a client has to show by a Retry that it receives at its address (RFC 9000,
// section 8.1.2).
constexpr std::size_t handshakes_before_retry = 8;
constexpr std::chrono::seconds retry_token_life{10};
// A reset must not be longer than what provoked it, and must look like a packet (RFC 9000, section 10.3).
constexpr std::size_t least_reset = 41;
constexpr milliseconds between_resets{5};

std::string key_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}
ngtcp2_tstamp stamp(TimePoint t) {
  return static_cast<ngtcp2_tstamp>(t.time_since_epoch().count());
}
const std::uint8_t* raw(std::span<const std::byte> s) {
  return reinterpret_cast<const std::uint8_t*>(s.data());
}

}  // namespace

Endpoint::Endpoint(Options options, QuicPort::Accept accept, Output output)
    : options_(std::move(options)), accept_(std::move(accept)), output_(std::move(output)) {}

Endpoint::~Endpoint() = default;

void Endpoint::add_id(const ngtcp2_cid& id, Connection& connection) {
  by_id_[key_of(id.data, id.datalen)] = connection.weak_from_this();
}

void Endpoint::remove_id(const ngtcp2_cid& id) {
  by_id_.erase(key_of(id.data, id.datalen));
}

void Endpoint::receive(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                       TimePoint now) {
  ngtcp2_version_cid header;
  const int decoded = ngtcp2_pkt_decode_version_cid(&header, raw(packet), packet.size(), id_size);
  if (decoded == NGTCP2_ERR_VERSION_NEGOTIATION) {
    if (!options_.listening) return;
    const std::uint32_t versions[] = {NGTCP2_PROTO_VER_V1};
    std::array<std::byte, 256> out{};
    std::array<std::byte, 1> random{};
    crypto::random_bytes(random);
    // The first byte is arbitrary but for one bit: with the fixed bit set it is never that of a media packet.
    const auto first = static_cast<std::uint8_t>(std::to_integer<std::uint8_t>(random[0]) | 0x40u);
    const auto size =
        ngtcp2_pkt_write_version_negotiation(reinterpret_cast<std::uint8_t*>(out.data()), out.size(), first,
                                             header.scid, header.scidlen, header.dcid, header.dcidlen, versions, 1);
    if (size > 0) output_(remote, local, std::span(out).first(static_cast<std::size_t>(size)));
    return;
  }
  if (decoded != 0) return;

  const auto found = by_id_.find(key_of(header.dcid, header.dcidlen));
  if (const auto connection = found != by_id_.end() ? found->second.lock() : nullptr) {
    connection->receive(local, remote, packet, now);
    settle(*connection, now);
    return;
  }
  if (!options_.listening) return;
  if (header.version == 0) {
    send_reset(header, packet.size(), local, remote, now);
  } else {
    accept_packet(local, remote, packet, now);
  }
}

void Endpoint::accept_packet(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                             TimePoint now) {
  ngtcp2_pkt_hd first;
  if (ngtcp2_accept(&first, raw(packet), packet.size()) != 0) return;
  if (connections_.size() >= options_.max_connections) return;
  std::optional<ngtcp2_cid> original_id;
  if (!validated_by_retry(first, local, remote, now, original_id)) return;

  Connection::Setup setup;
  setup.id = next_id_++;
  setup.role = TlsRole::server;
  setup.local = local;
  setup.remote = remote;
  setup.source_chosen = options_.source_chosen;
  setup.timeouts = options_.timeouts;
  setup.credentials = options_.credentials;
  setup.media = std::make_shared<MediaPath>(options_.socket);
  setup.first = &first;
  setup.original_id = original_id ? &*original_id : nullptr;
  // Ids are registered while it is being made, before anybody else holds it: register them again afterwards.
  const auto connection = Connection::create(setup, *this, now);
  if (!connection) return;
  connections_[setup.id] = *connection;
  for (const auto& id : (*connection)->ids()) add_id(id, **connection);
  (*connection)->receive(local, remote, packet, now);
  settle(**connection, now);
}

bool Endpoint::validated_by_retry(const ngtcp2_pkt_hd& first, const net::Address& local, const net::Address& remote,
                                  TimePoint now, std::optional<ngtcp2_cid>& original_id) {
  const auto half_open =
      std::ranges::count_if(connections_, [](const auto& entry) { return entry.second->handshaking(); });
  if (static_cast<std::size_t>(half_open) < handshakes_before_retry && first.token.len == 0) return true;
  if (first.token.len == 0) {
    send_retry(first, local, remote, now);
    return false;
  }
  const QuicPath path(local, remote);
  ngtcp2_cid original;
  const auto life = static_cast<ngtcp2_duration>(Duration(retry_token_life).count());
  const int rv = ngtcp2_crypto_verify_retry_token(
      &original, first.token.base, first.token.len, raw(options_.reset_secret), options_.reset_secret.size(),
      first.version, path.get().remote.addr, path.get().remote.addrlen, &first.dcid, life, stamp(now));
  if (rv != 0) return false;
  original_id = original;
  return true;
}

void Endpoint::send_retry(const ngtcp2_pkt_hd& first, const net::Address& local, const net::Address& remote,
                          TimePoint now) {
  const QuicPath path(local, remote);
  std::array<std::byte, id_size> bytes{};
  crypto::random_bytes(bytes);
  ngtcp2_cid own;
  ngtcp2_cid_init(&own, raw(bytes), bytes.size());
  std::array<std::uint8_t, NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN> token{};
  const auto token_size = ngtcp2_crypto_generate_retry_token(
      token.data(), raw(options_.reset_secret), options_.reset_secret.size(), first.version, path.get().remote.addr,
      path.get().remote.addrlen, &own, &first.dcid, stamp(now));
  if (token_size < 0) return;
  std::array<std::byte, 512> out{};
  const auto size =
      ngtcp2_crypto_write_retry(reinterpret_cast<std::uint8_t*>(out.data()), out.size(), first.version, &first.scid,
                                &own, &first.dcid, token.data(), static_cast<std::size_t>(token_size));
  if (size > 0) output_(remote, local, std::span(out).first(static_cast<std::size_t>(size)));
}

void Endpoint::send_reset(const ngtcp2_version_cid& header, std::size_t packet_size, const net::Address& local,
                          const net::Address& remote, TimePoint now) {
  if (packet_size <= least_reset || header.dcidlen != id_size || now < next_reset_) return;
  next_reset_ = now + between_resets;
  ngtcp2_cid id;
  ngtcp2_cid_init(&id, header.dcid, header.dcidlen);
  std::array<std::uint8_t, NGTCP2_STATELESS_RESET_TOKENLEN> token{};
  if (ngtcp2_crypto_generate_stateless_reset_token(token.data(), raw(options_.reset_secret),
                                                   options_.reset_secret.size(), &id) != 0)
    return;
  std::array<std::byte, least_reset - NGTCP2_STATELESS_RESET_TOKENLEN> random{};
  crypto::random_bytes(random);
  std::array<std::byte, least_reset> out{};
  const auto size = ngtcp2_pkt_write_stateless_reset(reinterpret_cast<std::uint8_t*>(out.data()), out.size(),
                                                     token.data(), raw(random), random.size());
  if (size > 0) output_(remote, local, std::span(out).first(static_cast<std::size_t>(size)));
}

void Endpoint::connect(const net::Address& local, const net::Address& remote, std::optional<Fingerprint> expected,
                       std::shared_ptr<ConnectionHandler> handler, Connected done, TimePoint now) {
  Connection::Setup setup;
  setup.id = next_id_++;
  setup.role = TlsRole::client;
  setup.local = local;
  setup.remote = remote;
  setup.timeouts = options_.timeouts;
  setup.credentials = options_.credentials;
  setup.media = std::make_shared<MediaPath>(options_.socket);
  const auto connection = Connection::create(setup, *this, now);
  if (!connection) {
    done(std::unexpected(connection.error()));
    return;
  }
  connections_[setup.id] = *connection;
  for (const auto& id : (*connection)->ids()) add_id(id, **connection);
  attempts_[setup.id] = {std::move(expected), std::move(handler), std::move(done)};
  (*connection)->advance(now);
}

void Endpoint::finish_attempt(Connection& connection, TimePoint now) {
  const auto found = attempts_.find(connection.id());
  if (found == attempts_.end()) return;
  if (connection.take_handshake_done()) {
    auto attempt = std::move(found->second);
    attempts_.erase(found);
    if (attempt.expected && *attempt.expected != connection.peer()) {
      connection.abort(0, "the host's certificate is not the one that was paired", now);
      attempt.done(fail(ErrorCode::unauthenticated,
                        "the host shows another certificate than the one that was paired: it was set up anew, or "
                        "somebody is in between; pair again if "
                        "you trust it"));
      return;
    }
    connection.set_handler(std::move(attempt.handler));
    attempt.done(std::static_pointer_cast<QuicConnection>(connection.shared_from_this()));
  } else if (connection.closed()) {
    auto attempt = std::move(found->second);
    attempts_.erase(found);
    const auto& reason = *connection.closed();
    const bool silent = reason.kind == CloseReason::Kind::handshake || reason.kind == CloseReason::Kind::idle;
    attempt.done(fail(silent && reason.code == 0 ? ErrorCode::timeout : ErrorCode::refused, reason.text));
  }
}

void Endpoint::settle(Connection& connection, TimePoint now) {
  // The caller may hold nothing but a reference.
  const auto keep = connection.shared_from_this();
  finish_attempt(connection, now);
  if (options_.listening && connection.take_handshake_done()) {
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
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) {
    connection->advance(now);
    settle(*connection, now);
    if (!connection->forgettable(now)) continue;
    std::erase_if(by_id_, [&](const auto& entry) { return entry.second.lock() == connection; });
    connections_.erase(connection->id());
  }
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
