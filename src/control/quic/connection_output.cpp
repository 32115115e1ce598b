// What a connection writes: datagrams before streams, since they are worth nothing later.
#include <algorithm>

#include "control/quic/connection.h"
#include "control/quic/ngtcp2_convert.h"
#include "control/quic/quic_path.h"

namespace pf::control {
namespace {

constexpr std::size_t largest_packet = 1200;
constexpr milliseconds datagram_life{100};
constexpr std::size_t packet_overhead = 64;  // headers and tag, generously

}  // namespace

void Connection::transmit(const ngtcp2_path& path, std::size_t size) {
  owner_.transmit(to_address(path.remote), to_address(path.local), std::span(packet_).first(size));
}

void Connection::write_pending(TimePoint now) {
  if (!write_datagrams(now)) return;
  while (write_once(now)) {
  }
  if (!closed_) ngtcp2_conn_update_pkt_tx_time(conn_, to_stamp(now));
}

/// Datagrams leave a quarter of the congestion window free. ngtcp2 probes for the loss of streams and pings, but not
/// for that of datagrams: if they filled the window during an outage, nothing would ever leave again.
bool Connection::room_for_datagram(std::size_t size) const {
  ngtcp2_conn_stat stat;
  ngtcp2_conn_get_conn_stat(conn_, &stat);
  return stat.bytes_in_flight + size + packet_overhead <= stat.cwnd / 4 * 3;
}

bool Connection::write_datagrams(TimePoint now) {
  while (established_ && !datagrams_.empty()) {
    auto& datagram = datagrams_.front();
    if (datagram.tried && *datagram.tried + datagram_life < now) {
      datagrams_.pop_front();  // held back by pacing or congestion until it was of no use
      continue;
    }
    if (!room_for_datagram(datagram.bytes.size())) {
      if (!datagram.tried) datagram.tried = now;
      break;
    }
    ngtcp2_path_storage path;
    ngtcp2_path_storage_zero(&path);
    ngtcp2_pkt_info info{};
    const ngtcp2_vec vector{to_octets(std::span<std::byte>(datagram.bytes)), datagram.bytes.size()};
    int accepted = 0;
    const auto written =
        ngtcp2_conn_writev_datagram(conn_, &path.path, &info, to_octets(std::span<std::byte>(packet_)), largest_packet,
                                    &accepted, NGTCP2_WRITE_DATAGRAM_FLAG_NONE, 0, &vector, 1, to_stamp(now));
    if (written == NGTCP2_ERR_INVALID_STATE || written == NGTCP2_ERR_INVALID_ARGUMENT) {
      datagrams_.pop_front();  // the peer takes none, or none of this size
      continue;
    }
    if (written < 0) {
      fail_with(static_cast<int>(written), now);
      return false;
    }
    if (written > 0) transmit(path.path, static_cast<std::size_t>(written));
    if (accepted != 0) {
      datagrams_.pop_front();
    } else if (written == 0) {
      if (!datagram.tried) datagram.tried = now;
      break;
    }
  }
  return true;
}

Connection::OutStream* Connection::next_stream() {
  for (auto& out : out_) {
    if (out.id >= 0 && !out.blocked && !out.buffer.unsent().empty()) return &out;
  }
  return nullptr;
}

bool Connection::write_once(TimePoint now) {
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  auto* const stream = next_stream();
  const auto bytes = stream != nullptr ? stream->buffer.unsent() : std::span<const std::byte>();
  const ngtcp2_vec vector{const_cast<std::uint8_t*>(to_octets(bytes)), bytes.size()};  // NOLINT: ngtcp2 only reads
  ngtcp2_ssize taken = -1;
  const auto written =
      ngtcp2_conn_writev_stream(conn_, &path.path, &info, to_octets(std::span<std::byte>(packet_)), largest_packet,
                                &taken, NGTCP2_WRITE_STREAM_FLAG_NONE, stream != nullptr ? stream->id : -1, &vector,
                                stream != nullptr ? 1 : 0, to_stamp(now));
  if (stream != nullptr && written == NGTCP2_ERR_STREAM_DATA_BLOCKED) {
    stream->blocked = true;
    return true;
  }
  if (stream != nullptr && (written == NGTCP2_ERR_STREAM_SHUT_WR || written == NGTCP2_ERR_STREAM_NOT_FOUND)) {
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

bool Connection::all_sent() const {
  return std::ranges::all_of(out_, [](const OutStream& out) { return out.buffer.all_acknowledged(); });
}

}  // namespace pf::control
