// How a connection ends: what the peer is told, and what the handler and the log hear.
#include <algorithm>
#include <bit>

#include "control/quic/connection.h"
#include "control/quic/ngtcp2_convert.h"
#include "control/quic/quic_path.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr std::size_t largest_packet = 1200;
constexpr std::size_t longest_reason = 512;
constexpr milliseconds linger_time{300};

/// The peer's own words, fit for a log and a terminal.
std::string text_of(const ngtcp2_connection_close_error& error) {
  std::string text(reinterpret_cast<const char*>(error.reason), std::min(error.reasonlen, longest_reason));
  if (!wire::valid_utf8(text)) return {};
  return wire::printable(text);
}

}  // namespace

void Connection::fail_with(int error, TimePoint now) {
  if (closed_) return;
  switch (error) {
    case NGTCP2_ERR_DRAINING: return end(reason_heard(), now);
    case NGTCP2_ERR_IDLE_CLOSE:
      return end({CloseReason::Kind::idle, 0, "nothing was heard of the other side any more"}, now);
    case NGTCP2_ERR_HANDSHAKE_TIMEOUT: return end({CloseReason::Kind::handshake, 0, "no answer"}, now);
    case NGTCP2_ERR_DROP_CONN:
    case NGTCP2_ERR_RETRY: return end({CloseReason::Kind::handshake, 0, "not a connection attempt"}, now);
    default: break_off(error, now);
  }
}

CloseReason Connection::reason_heard() const {
  if (reset_) return {CloseReason::Kind::transport, 0, "the other side was restarted and has forgotten the connection"};
  ngtcp2_connection_close_error received;
  ngtcp2_conn_get_connection_close_error(conn_, &received);
  auto text = text_of(received);
  if (received.type == NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION)
    return {CloseReason::Kind::peer, received.error_code, std::move(text)};
  if (text.empty()) text = "the other side ended it with QUIC error " + std::to_string(received.error_code);
  return {CloseReason::Kind::transport, received.error_code, std::move(text)};
}

void Connection::break_off(int error, TimePoint now) {
  ngtcp2_connection_close_error close;
  ngtcp2_connection_close_error_default(&close);
  std::string text = std::string("QUIC does not allow what the other side did: ") + ngtcp2_strerror(error);
  if (error == NGTCP2_ERR_CRYPTO) {
    const auto alert = ngtcp2_conn_get_tls_alert(conn_);
    ngtcp2_connection_close_error_set_transport_error_tls_alert(&close, alert, nullptr, 0);
    text = "the TLS handshake failed with alert " + std::to_string(alert);
  } else {
    ngtcp2_connection_close_error_set_transport_error_liberr(&close, error, nullptr, 0);
  }
  if (error == NGTCP2_ERR_RECV_VERSION_NEGOTIATION) text = "the other side speaks another version of QUIC";
  write_close(close, now);
  end({established_ ? CloseReason::Kind::transport : CloseReason::Kind::handshake, close.error_code, text}, now);
}

void Connection::abort(std::uint64_t code, const std::string& text, TimePoint time) {
  if (closed_) return;
  const auto now = now_ = std::max(now_, time);
  ngtcp2_connection_close_error close;
  ngtcp2_connection_close_error_default(&close);
  const auto reason = wire::utf8_head(text, longest_reason);
  ngtcp2_connection_close_error_set_application_error(
      &close, code, reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size());
  write_close(close, now);
  end({CloseReason::Kind::local, code, text}, now);
}

void Connection::write_close(const ngtcp2_connection_close_error& error, TimePoint now) {
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  const auto size = ngtcp2_conn_write_connection_close(
      conn_, &path.path, &info, to_octets(std::span<std::byte>(packet_)), largest_packet, &error, to_stamp(now));
  if (size <= 0) return;
  transmit(path.path, static_cast<std::size_t>(size));
  close_packet_.assign(packet_.begin(), packet_.begin() + size);
  close_route_ = route_of(path.path);
}

void Connection::end(CloseReason reason, TimePoint now) {
  closed_ = std::move(reason);
  // Packets may still be on their way here. One that never got anywhere leaves nothing behind.
  linger_until_ = established_ || !close_packet_.empty() ? now + linger_time : now;
  setup_.media->close();
}

/// The peer has not seen the end yet: says it again, ever more seldom (RFC 9000, section 10.2.1), and to nobody else.
void Connection::repeat_close(const Route& route, TimePoint now) {
  if (close_packet_.empty() || now >= linger_until_ || close_route_ != route) return;
  if (std::has_single_bit(++heard_since_close_)) owner_.transmit(route.remote, route.local, close_packet_);
}

}  // namespace pf::control
