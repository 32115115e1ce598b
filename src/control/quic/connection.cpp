#include "control/quic/connection.h"

#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>

#include "control/quic/ngtcp2_convert.h"
#include "control/quic/quic_path.h"

namespace pf::control {
namespace {

constexpr std::size_t largest_sent = 1200;             // QUIC's own floor: passes wherever QUIC does
constexpr std::size_t largest_received = 1500;         // more than any Ethernet carries
constexpr std::size_t most_unacknowledged = 1u << 20;  // bytes of a channel
constexpr std::size_t most_datagrams = 64;             // waiting to be written
constexpr std::size_t largest_datagram = 1000;
constexpr std::size_t most_routes = 4;
constexpr milliseconds flush_time{200};

Connection& self(void* user_data) {
  return *static_cast<Connection*>(user_data);
}

ngtcp2_transport_params transport_params(TlsRole role, const QuicTimeouts& timeouts, const Windows& windows) {
  const std::uint64_t streams = role == TlsRole::server ? 1 : 0;  // of each kind: the channels, opened by the client
  ngtcp2_transport_params params;
  ngtcp2_transport_params_default(&params);
  params.initial_max_stream_data_bidi_local = windows.channel;
  params.initial_max_stream_data_bidi_remote = windows.channel;
  params.initial_max_stream_data_uni = windows.channel;
  params.initial_max_data = windows.connection;
  params.initial_max_streams_bidi = streams;
  params.initial_max_streams_uni = streams;
  params.max_idle_timeout = to_duration(timeouts.idle);
  params.max_udp_payload_size = largest_received;
  params.active_connection_id_limit = 7;
  params.max_datagram_frame_size = largest_sent;
  // A greased fixed bit (RFC 9287) would look like media, so it is not asked for.
  params.grease_quic_bit = 0;
  return params;
}

}  // namespace

Result<std::shared_ptr<Connection>> Connection::create(const Setup& setup, ConnectionOwner& owner, TimePoint now) {
  std::shared_ptr<Connection> connection(new Connection(setup, owner));
  if (auto started = connection->start(now); !started) return std::unexpected(started.error());
  // What they point to belongs to the caller's packet.
  connection->setup_.first = nullptr;
  connection->setup_.original_id = nullptr;
  return connection;
}

Connection::~Connection() {
  setup_.media->close();
  if (conn_ != nullptr) ngtcp2_conn_del(conn_);
}

Result<void> Connection::start(TimePoint now) {
  now_ = now;
  auto tls = TlsSession::create(setup_.role, setup_.credentials);
  if (!tls) return std::unexpected(tls.error());
  tls_ = std::move(*tls);

  ngtcp2_settings settings;
  ngtcp2_settings_default(&settings);
  settings.initial_ts = to_stamp(now);
  settings.handshake_timeout = to_duration(setup_.timeouts.handshake);
  settings.max_tx_udp_payload_size = largest_sent;
  auto params = transport_params(setup_.role, setup_.timeouts, setup_.windows);

  const auto own = random_connection_id();
  const QuicPath path(setup_.local, setup_.remote);
  const auto calls = callbacks(setup_.role);
  int rv = 0;
  if (setup_.role == TlsRole::server) {
    params.original_dcid = setup_.original_id != nullptr ? *setup_.original_id : setup_.first->dcid;
    if (setup_.original_id != nullptr) {
      params.retry_scid = setup_.first->dcid;
      params.retry_scid_present = 1;
      settings.token = setup_.first->token;
    }
    params.stateless_reset_token_present = 1;
    const auto secret = owner_.reset_secret();
    ngtcp2_crypto_generate_stateless_reset_token(params.stateless_reset_token, to_octets(secret), secret.size(), &own);
    rv = ngtcp2_conn_server_new(&conn_, &setup_.first->scid, &own, &path.get(), setup_.first->version, &calls,
                                &settings, &params, nullptr, this);
  } else {
    const auto peer_id = random_connection_id();
    rv = ngtcp2_conn_client_new(&conn_, &peer_id, &own, &path.get(), NGTCP2_PROTO_VER_V1, &calls, &settings, &params,
                                nullptr, this);
  }
  if (rv != 0)
    return fail(ErrorCode::internal, std::string("QUIC could not start a connection: ") + ngtcp2_strerror(rv));
  tls_->attach(conn_);
  ngtcp2_conn_set_keep_alive_timeout(conn_, to_duration(setup_.timeouts.keep_alive));
  owner_.add_id(own, *this);
  if (setup_.role == TlsRole::server) owner_.add_id(setup_.first->dcid, *this);
  return {};
}

ngtcp2_callbacks Connection::callbacks(TlsRole role) {
  ngtcp2_callbacks c{};
  if (role == TlsRole::client) {
    c.client_initial = ngtcp2_crypto_client_initial_cb;
    c.recv_retry = ngtcp2_crypto_recv_retry_cb;
  } else {
    c.recv_client_initial = ngtcp2_crypto_recv_client_initial_cb;
  }
  c.recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb;
  c.encrypt = ngtcp2_crypto_encrypt_cb;
  c.decrypt = ngtcp2_crypto_decrypt_cb;
  c.hp_mask = ngtcp2_crypto_hp_mask_cb;
  c.update_key = ngtcp2_crypto_update_key_cb;
  c.delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb;
  c.delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb;
  c.get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb;
  c.version_negotiation = ngtcp2_crypto_version_negotiation_cb;
  c.rand = [](std::uint8_t* out, std::size_t size, const ngtcp2_rand_ctx*) {
    crypto::random_bytes(std::as_writable_bytes(std::span(out, size)));
  };
  c.handshake_completed = [](ngtcp2_conn*, void* user) { return self(user).on_handshake_completed(); };
  c.recv_stream_data = [](ngtcp2_conn*, std::uint32_t, std::int64_t stream, std::uint64_t, const std::uint8_t* data,
                          std::size_t size, void* user,
                          void*) { return self(user).on_stream_data(stream, std::as_bytes(std::span(data, size))); };
  c.acked_stream_data_offset = [](ngtcp2_conn*, std::int64_t stream, std::uint64_t offset, std::uint64_t size,
                                  void* user, void*) {
    for (auto& out : self(user).out_) {
      if (out.id == stream) out.buffer.acknowledge(offset + size);
    }
    return 0;
  };
  c.extend_max_stream_data = [](ngtcp2_conn*, std::int64_t stream, std::uint64_t, void* user, void*) {
    for (auto& out : self(user).out_) {
      if (out.id == stream) out.blocked = false;
    }
    return 0;
  };
  c.stream_open = [](ngtcp2_conn*, std::int64_t stream, void* user) {
    // The client's one bidirectional stream is the control channel in both directions.
    if (ngtcp2_is_bidi_stream(stream) != 0) self(user).out_[0].id = stream;
    return 0;
  };
  c.recv_datagram = [](ngtcp2_conn*, std::uint32_t, const std::uint8_t* data, std::size_t size, void* user) {
    auto& connection = self(user);
    const auto bytes = std::as_bytes(std::span(data, size));
    connection.events_.emplace_back(Message{{bytes.begin(), bytes.end()}, connection.arrival_});
    return 0;
  };
  c.get_new_connection_id = [](ngtcp2_conn*, ngtcp2_cid* id, std::uint8_t* token, std::size_t size, void* user) {
    return self(user).on_new_id(*id, token, size);
  };
  c.remove_connection_id = [](ngtcp2_conn*, const ngtcp2_cid* id, void* user) {
    self(user).owner_.remove_id(*id);
    return 0;
  };
  c.path_validation = [](ngtcp2_conn*, std::uint32_t, const ngtcp2_path* path, ngtcp2_path_validation_result result,
                         void* user) {
    if (result == NGTCP2_PATH_VALIDATION_RESULT_SUCCESS) self(user).on_route_validated(*path);
    return 0;
  };
  c.recv_stateless_reset = [](ngtcp2_conn*, const ngtcp2_pkt_stateless_reset*, void* user) {
    self(user).reset_ = true;
    return 0;
  };
  return c;
}

// --- what ngtcp2 tells ---

int Connection::on_handshake_completed() {
  const auto peer = tls_->peer();
  if (!peer) return NGTCP2_ERR_CALLBACK_FAILURE;
  peer_ = *peer;
  established_ = true;
  handshake_done_ = true;
  // A finished handshake proves the address (RFC 9000, section 8.1).
  on_route_validated(*ngtcp2_conn_get_path(conn_));
  if (setup_.role == TlsRole::server) return 0;
  for (auto& out : out_) {
    const bool control = &out == &out_[0];
    const int rv = control ? ngtcp2_conn_open_bidi_stream(conn_, &out.id, nullptr)
                           : ngtcp2_conn_open_uni_stream(conn_, &out.id, nullptr);
    if (rv != 0) return NGTCP2_ERR_CALLBACK_FAILURE;
  }
  return 0;
}

int Connection::on_stream_data(std::int64_t stream, std::span<const std::byte> bytes) {
  const bool control = ngtcp2_is_bidi_stream(stream) != 0;
  if (!bytes.empty())
    events_.emplace_back(StreamBytes{control ? Channel::control : Channel::input, {bytes.begin(), bytes.end()}});
  ngtcp2_conn_extend_max_stream_offset(conn_, stream, bytes.size());
  ngtcp2_conn_extend_max_offset(conn_, bytes.size());
  return 0;
}

int Connection::on_new_id(ngtcp2_cid& id, std::uint8_t* token, std::size_t size) {
  id = random_connection_id(size);
  const auto secret = owner_.reset_secret();
  if (ngtcp2_crypto_generate_stateless_reset_token(token, to_octets(secret), secret.size(), &id) != 0)
    return NGTCP2_ERR_CALLBACK_FAILURE;
  owner_.add_id(id, *this);
  return 0;
}

// --- where the peer is ---

Connection::Route Connection::route_of(const ngtcp2_path& path) {
  return {to_address(path.local), to_address(path.remote)};
}

void Connection::on_route_validated(const ngtcp2_path& path) {
  const auto route = route_of(path);
  std::erase(validated_, route);
  validated_.push_back(route);
  if (validated_.size() > most_routes) validated_.pop_front();
}

/// QUIC moves to a peer's new address before the peer has proved it, and then sends little. Media is not little: it
/// stays where it was until the proof is there, or anybody who can repeat a packet could turn it on a stranger.
void Connection::follow_route() {
  if (!established_ || closed_) return;
  const auto route = route_of(*ngtcp2_conn_get_path(conn_));
  if (media_route_ == route || std::ranges::find(validated_, route) == validated_.end()) return;
  media_route_ = route;
  // Whoever goes back to where it was proves that anew: somebody else may be there now.
  validated_.assign(1, route);
  setup_.media->move(route.remote, setup_.source_chosen ? std::optional(route.local) : std::nullopt);
}

net::Address Connection::remote() const {
  return media_route_ ? media_route_->remote : setup_.remote;
}

// --- packets and time ---

void Connection::receive(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                         TimePoint arrival) {
  arrival_ = arrival;
  // It may have waited in a queue while timers ran.
  const auto now = now_ = std::max(now_, arrival);
  if (closed_) {
    repeat_close({local, remote}, now);
    return;
  }
  const QuicPath path(local, remote);
  const ngtcp2_pkt_info info{};
  const int rv = ngtcp2_conn_read_pkt(conn_, &path.get(), &info, to_octets(packet), packet.size(), to_stamp(now));
  if (rv != 0) fail_with(rv, now);
  follow_route();
}

void Connection::advance(TimePoint time) {
  const auto now = now_ = std::max(now_, time);
  if (closed_) return;
  if (ngtcp2_conn_get_expiry(conn_) <= to_stamp(now)) {
    if (const int rv = ngtcp2_conn_handle_expiry(conn_, to_stamp(now)); rv != 0) {
      fail_with(rv, now);
      return;
    }
  }
  write_pending(now);
  follow_route();
  if (!closing_ || closed_) return;
  if (!closing_->force_at) closing_->force_at = now + flush_time;
  if (all_sent() || now >= *closing_->force_at) {
    const auto closing = *closing_;
    abort(closing.code, closing.text, now);
  }
}

TimePoint Connection::deadline() const {
  if (closed_) return linger_until_;
  const auto expiry = ngtcp2_conn_get_expiry(conn_);
  auto at = expiry > static_cast<ngtcp2_tstamp>(INT64_MAX) ? TimePoint::max()
                                                           : TimePoint{Duration{static_cast<std::int64_t>(expiry)}};
  if (closing_ && closing_->force_at) at = std::min(at, *closing_->force_at);
  return at;
}

bool Connection::take_handshake_done() {
  return std::exchange(handshake_done_, false);
}

void Connection::dispatch() {
  while (handler_ && !events_.empty() && !closing_) {
    const auto event = std::move(events_.front());
    events_.pop_front();
    if (const auto* bytes = std::get_if<StreamBytes>(&event)) {
      handler_->on_bytes(*this, bytes->channel, bytes->bytes);
    } else if (const auto* message = std::get_if<Message>(&event)) {
      handler_->on_datagram(*this, message->bytes, message->arrival);
    }
  }
  events_.clear();  // nobody listens
  if (closed_ && handler_ && !told_closed_) {
    told_closed_ = true;
    // The handler may hold the last reference to what it is called through.
    const auto handler = std::move(handler_);
    handler->on_closed(*this, *closed_);
  }
}

// --- QuicConnection ---

Result<void> Connection::send(Channel channel, std::span<const std::byte> bytes) {
  if (closed_ || closing_) return fail(ErrorCode::closed, "the connection is closed");
  auto& out = out_[static_cast<std::size_t>(channel)];
  if (channel == Channel::input && setup_.role == TlsRole::server)
    return fail(ErrorCode::invalid_argument, "a host sends no input");
  if (out.buffer.held() + bytes.size() > most_unacknowledged)
    return fail(ErrorCode::exhausted, "the other side does not read");
  out.buffer.append(bytes);
  return {};
}

void Connection::send_datagram(std::span<const std::byte> bytes) {
  if (closed_ || closing_ || bytes.empty() || bytes.size() > largest_datagram) return;
  if (datagrams_.size() == most_datagrams) datagrams_.pop_front();
  datagrams_.push_back({{bytes.begin(), bytes.end()}, std::nullopt});
}

Result<crypto::MediaSecret> Connection::media_secret() const {
  if (!established_) return fail(ErrorCode::invalid_argument, "the handshake is not over");
  return tls_->media_secret();
}

void Connection::close(std::uint64_t code, const std::string& text) {
  if (!closing_ && !closed_) closing_ = Closing{code, text, std::nullopt};
}

}  // namespace pf::control
