#include "host/gamestream/stream/route.h"

namespace pf::host::gamestream {

void Route::set_peer(const net::Address& to, const net::Address& local) {
  const std::scoped_lock lock(mutex_);
  peer_ = Peer{to, local};
}

bool Route::known() const {
  const std::scoped_lock lock(mutex_);
  return peer_.has_value();
}

Result<void> Route::send(std::span<const std::byte> packets, std::size_t segment) {
  std::optional<Peer> peer;
  {
    const std::scoped_lock lock(mutex_);
    peer = peer_;
  }
  if (!peer) return {};
  if (packets.size() <= segment) return socket_->send(peer->to, &peer->local, packets);
  return socket_->send_segments(peer->to, &peer->local, packets, segment);
}

}  // namespace pf::host::gamestream
