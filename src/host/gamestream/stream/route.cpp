#include "host/gamestream/stream/route.h"

namespace pf::host::gamestream {

void Route::mark(net::Dscp dscp) {
  const std::scoped_lock lock(mutex_);
  dscp_ = dscp;
}

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
  net::Via via;
  {
    const std::scoped_lock lock(mutex_);
    peer = peer_;
    via.dscp = dscp_;
  }
  if (!peer) return {};
  via.from = &peer->local;
  return socket_->send_segments(peer->to, via, packets, segment);
}

}  // namespace pf::host::gamestream
