#include "control/quic/connection.h"

#include <ngtcp2/ngtcp2_crypto.h>

#include <algorithm>

#include "control/quic/quic_path.h"
#include "core/crypto/hash.h"

namespace pf::control {
namespace {

constexpr std::size_t id_size = 16;
constexpr std::size_t largest_packet = 1200;           // QUIC's own floor: passes wherever QUIC does
constexpr std::size_t most_unacknowledged = 1u << 20;  // bytes of a channel
constexpr std::size_t most_datagrams = 64;             // waiting to be written
constexpr std::size_t largest_datagram = 1000;
constexpr std::uint64_t stream_window = 256u << 10;
constexpr milliseconds datagram_life{100};
constexpr milliseconds flush_time{200};
constexpr milliseconds linger_time{300};

Connection& self(void* user_data) {
  return *static_cast<Connection*>(user_data);
}

ngtcp2_tstamp stamp(TimePoint t) {
  return static_cast<ngtcp2_tstamp>(t.time_since_epoch().count());
}

ngtcp2_duration span_of(milliseconds t) {
  return static_cast<ngtcp2_duration>(Duration(t).count());
}

std::uint8_t* raw(std::span<std::byte> s) {
  return reinterpret_cast<std::uint8_t*>(s.data());
}
const std::uint8_t* raw_const(std::span<const std::byte> s) {
  return reinterpret_cast<const std::uint8_t*>(s.data());
}

ngtcp2_cid random_id() {
  std::array<std::byte, id_size> bytes{};
  crypto::random_bytes(bytes);
  ngtcp2_cid id;
  ngtcp2_cid_init(&id, raw_const(bytes), bytes.size());
  return id;
}

std::string text_of(const ngtcp2_connection_close_error& error) {
  std::string text(reinterpret_cast<const char*>(error.reason), std::min<std::size_t>(error.reasonlen, 512));
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
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

  const bool server = setup_.role == TlsRole::server;
  ngtcp2_settings settings;
  ngtcp2_settings_default(&settings);
  settings.initial_ts = stamp(now);
  settings.handshake_timeout = span_of(setup_.timeouts.handshake);
  settings.max_tx_udp_payload_size = largest_packet;
  ngtcp2_transport_params params;
  ngtcp2_transport_params_default(&params);
  params.initial_max_stream_data_bidi_local = stream_window;
  params.initial_max_stream_data_bidi_remote = stream_window;
  params.initial_max_stream_data_uni = stream_window;
  params.initial_max_data = 2 * stream_window;
  params.initial_max_streams_bidi = server ? 1 : 0;
  params.initial_max_streams_uni = server ? 1 : 0;
  params.max_idle_timeout = span_of(setup_.timeouts.idle);
  params.active_connection_id_limit = 7;
  params.max_datagram_frame_size = 1200;

  const auto own = random_id();
  const QuicPath path(setup_.local, setup_.remote);
  const auto calls = callbacks(setup_.role);
  int rv = 0;
  if (server) {
    params.original_dcid = setup_.original_id != nullptr ? *setup_.original_id : setup_.first->dcid;
    if (setup_.original_id != nullptr) {
      params.retry_scid = setup_.first->dcid;
      params.retry_scid_present = 1;
      settings.token = setup_.first->token;
    }
    params.stateless_reset_token_present = 1;
    const auto secret = owner_.reset_secret();
    ngtcp2_crypto_generate_stateless_reset_token(params.stateless_reset_token, raw_const(secret), secret.size(), &own);
    rv = ngtcp2_conn_server_new(&conn_, &setup_.first->scid, &own, &path.get(), setup_.first->version, &calls,
                                &settings, &params, nullptr, this);
  } else {
    const auto peer_id = random_id();
    rv = ngtcp2_conn_client_new(&conn_, &peer_id, &own, &path.get(), NGTCP2_PROTO_VER_V1, &calls, &settings, &params,
                                nullptr, this);
  }
  if (rv != 0)
    return fail(ErrorCode::internal, std::string("QUIC could not start a connection: ") + ngtcp2_strerror(rv));
  tls_->attach(conn_);
  ngtcp2_conn_set_keep_alive_timeout(conn_, span_of(setup_.timeouts.keep_alive));
  owner_.add_id(own, *this);
  if (server) owner_.add_id(setup_.first->dcid, *this);
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
    auto& connection = self(user);
    std::array<std::byte, NGTCP2_MAX_CIDLEN> bytes{};
    crypto::random_bytes(bytes);
    ngtcp2_cid_init(id, raw_const(bytes), size);
    const auto secret = connection.owner_.reset_secret();
    if (ngtcp2_crypto_generate_stateless_reset_token(token, raw_const(secret), secret.size(), id) != 0)
      return NGTCP2_ERR_CALLBACK_FAILURE;
    connection.owner_.add_id(*id, connection);
    return 0;
  };
  c.remove_connection_id = [](ngtcp2_conn*, const ngtcp2_cid* id, void* user) {
    self(user).owner_.remove_id(*id);
    return 0;
  };
  return c;
}

int Connection::on_handshake_completed() {
  const auto peer = tls_->peer();
  if (!peer) return NGTCP2_ERR_CALLBACK_FAILURE;
  peer_ = *peer;
  established_ = true;
  handshake_done_ = true;
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

void Connection::receive(const net::Address& local, const net::Address& remote, std::span<const std::byte> packet,
                         TimePoint now) {
  now_ = now;
  arrival_ = now;
  if (closed_) {
    // The peer has not seen the end yet: say it again.
    if (!close_packet_.empty() && now < linger_until_) owner_.transmit(remote, local, close_packet_);
    return;
  }
  const QuicPath path(local, remote);
  const ngtcp2_pkt_info info{};
  const int rv = ngtcp2_conn_read_pkt(conn_, &path.get(), &info, raw_const(packet), packet.size(), stamp(now));
  if (rv != 0) fail_with(rv, now);
  if (!closed_) follow_path();
}

void Connection::follow_path() {
  if (!established_) return;
  const auto* path = ngtcp2_conn_get_path(conn_);
  const auto local = to_address(path->local);
  setup_.media->move(to_address(path->remote), setup_.source_chosen ? std::optional(local) : std::nullopt);
}

void Connection::advance(TimePoint time) {
  const auto now = now_ = std::max(now_, time);
  if (closed_) return;
  if (ngtcp2_conn_get_expiry(conn_) <= stamp(now)) {
    if (const int rv = ngtcp2_conn_handle_expiry(conn_, stamp(now)); rv != 0) {
      fail_with(rv, now);
      return;
    }
  }
  write_pending(now);
  if (!closing_ || closed_) return;
  if (!closing_->force_at) closing_->force_at = now + flush_time;
  if (all_sent() || now >= *closing_->force_at) {
    const auto closing = *closing_;
    abort(closing.code, closing.text, now);
  }
}

bool Connection::all_sent() const {
  return std::ranges::all_of(out_, [](const OutStream& out) { return out.buffer.all_acknowledged(); });
}

TimePoint Connection::deadline() const {
  if (closed_) return linger_until_;
  const auto expiry = ngtcp2_conn_get_expiry(conn_);
  auto at = expiry > static_cast<ngtcp2_tstamp>(INT64_MAX) ? TimePoint::max()
                                                           : TimePoint{Duration{static_cast<std::int64_t>(expiry)}};
  if (closing_ && closing_->force_at) at = std::min(at, *closing_->force_at);
  return at;
}

// --- writing ---

void Connection::transmit(const ngtcp2_path& path, std::size_t size) {
  owner_.transmit(to_address(path.remote), to_address(path.local), std::span(packet_).first(size));
}

Connection::OutStream* Connection::next_stream() {
  for (auto& out : out_) {
    if (out.id >= 0 && !out.blocked && !out.buffer.unsent().empty()) return &out;
  }
  return nullptr;
}

bool Connection::write_datagrams(TimePoint now) {
  while (established_ && !datagrams_.empty()) {
    ngtcp2_path_storage path;
    ngtcp2_path_storage_zero(&path);
    ngtcp2_pkt_info info{};
    if (datagrams_.front().queued + datagram_life < now) {
      datagrams_.pop_front();  // held back by pacing or congestion until it was of no use
      continue;
    }
    auto& bytes = datagrams_.front().bytes;
    const ngtcp2_vec vector{raw(bytes), bytes.size()};
    int accepted = 0;
    const auto written = ngtcp2_conn_writev_datagram(conn_, &path.path, &info, raw(packet_), largest_packet, &accepted,
                                                     NGTCP2_WRITE_DATAGRAM_FLAG_NONE, 0, &vector, 1, stamp(now));
    if (written == NGTCP2_ERR_INVALID_STATE || written == NGTCP2_ERR_INVALID_ARGUMENT) {
      datagrams_.pop_front();  // the peer takes none, or none of this size
      continue;
    }
    if (written < 0) {
      fail_with(static_cast<int>(written), now);
      return false;
    }
    if (written > 0) transmit(path.path, static_cast<std::size_t>(written));
    if (accepted == 0 && written == 0) break;
    if (accepted != 0) datagrams_.pop_front();
  }
  return true;
}

bool Connection::write_once(TimePoint now) {
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  auto* const stream = next_stream();
  const auto bytes = stream != nullptr ? stream->buffer.unsent() : std::span<const std::byte>();
  const ngtcp2_vec vector{const_cast<std::uint8_t*>(raw_const(bytes)), bytes.size()};  // NOLINT: ngtcp2 only reads
  ngtcp2_ssize taken = -1;
  const auto written = ngtcp2_conn_writev_stream(conn_, &path.path, &info, raw(packet_), largest_packet, &taken,
                                                 NGTCP2_WRITE_STREAM_FLAG_NONE, stream != nullptr ? stream->id : -1,
                                                 &vector, stream != nullptr ? 1 : 0, stamp(now));
  if (written == NGTCP2_ERR_STREAM_DATA_BLOCKED) {
    stream->blocked = true;
    return true;
  }
  if (written == NGTCP2_ERR_STREAM_SHUT_WR || written == NGTCP2_ERR_STREAM_NOT_FOUND) {
    stream->id = -1;
    return true;
  }
  if (written < 0) {
    fail_with(static_cast<int>(written), now);
    return false;
  }
  if (taken > 0 && stream != nullptr) stream->buffer.mark_sent(static_cast<std::size_t>(taken));
  if (written == 0) return false;
  transmit(path.path, static_cast<std::size_t>(written));
  return true;
}

void Connection::write_pending(TimePoint now) {
  if (!write_datagrams(now)) return;
  while (write_once(now)) {
  }
  if (!closed_) ngtcp2_conn_update_pkt_tx_time(conn_, stamp(now));
}

// --- the end ---

void Connection::fail_with(int error, TimePoint now) {
  if (closed_) return;
  if (error == NGTCP2_ERR_DRAINING) {
    ngtcp2_connection_close_error received;
    ngtcp2_conn_get_connection_close_error(conn_, &received);
    const bool application = received.type == NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION;
    end({application ? CloseReason::Kind::peer : CloseReason::Kind::transport, received.error_code, text_of(received)},
        now);
    return;
  }
  if (error == NGTCP2_ERR_IDLE_CLOSE) {
    end({CloseReason::Kind::idle, 0, "nothing was heard of the other side any more"}, now);
    return;
  }
  if (error == NGTCP2_ERR_HANDSHAKE_TIMEOUT) {
    end({CloseReason::Kind::handshake, 0, "no answer"}, now);
    return;
  }
  if (error == NGTCP2_ERR_DROP_CONN || error == NGTCP2_ERR_RETRY) {
    end({CloseReason::Kind::handshake, 0, "not a connection attempt"}, now);
    return;
  }
  ngtcp2_connection_close_error close;
  ngtcp2_connection_close_error_default(&close);
  if (error == NGTCP2_ERR_CRYPTO) {
    ngtcp2_connection_close_error_set_transport_error_tls_alert(&close, ngtcp2_conn_get_tls_alert(conn_), nullptr, 0);
  } else {
    ngtcp2_connection_close_error_set_transport_error_liberr(&close, error, nullptr, 0);
  }
  write_close(close, now);
  end({established_ ? CloseReason::Kind::transport : CloseReason::Kind::handshake, close.error_code,
       ngtcp2_strerror(error)},
      now);
}

void Connection::abort(std::uint64_t code, const std::string& text, TimePoint time) {
  if (closed_) return;
  const auto now = now_ = std::max(now_, time);
  ngtcp2_connection_close_error close;
  ngtcp2_connection_close_error_default(&close);
  const auto reason = text.substr(0, 512);
  ngtcp2_connection_close_error_set_application_error(
      &close, code, reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size());
  write_close(close, now);
  end({CloseReason::Kind::local, code, text}, now);
}

void Connection::write_close(const ngtcp2_connection_close_error& error, TimePoint now) {
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  const auto size =
      ngtcp2_conn_write_connection_close(conn_, &path.path, &info, raw(packet_), largest_packet, &error, stamp(now));
  if (size <= 0) return;
  transmit(path.path, static_cast<std::size_t>(size));
  close_packet_.assign(packet_.begin(), packet_.begin() + size);
}

void Connection::end(CloseReason reason, TimePoint now) {
  closed_ = std::move(reason);
  linger_until_ = now + linger_time;
  setup_.media->close();
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
  if (closed_ && handler_ && !told_closed_) {
    told_closed_ = true;
    // The handler may hold the last reference to what it is called through.
    const auto handler = std::move(handler_);
    handler->on_closed(*this, *closed_);
  }
}

std::vector<ngtcp2_cid> Connection::ids() const {
  std::vector<ngtcp2_cid> all(ngtcp2_conn_get_num_scid(conn_));
  all.resize(ngtcp2_conn_get_scid(conn_, all.data()));
  if (setup_.role == TlsRole::server) all.push_back(*ngtcp2_conn_get_client_initial_dcid(conn_));
  return all;
}

// --- QuicConnection ---

net::Address Connection::remote() const {
  return to_address(ngtcp2_conn_get_path(conn_)->remote);
}

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
  datagrams_.push_back({{bytes.begin(), bytes.end()}, now_});
}

Result<crypto::MediaSecret> Connection::media_secret() const {
  if (!established_) return fail(ErrorCode::invalid_argument, "the handshake is not over");
  return tls_->media_secret();
}

void Connection::close(std::uint64_t code, const std::string& text) {
  if (!closing_ && !closed_) closing_ = Closing{code, text, std::nullopt};
}

}  // namespace pf::control
