#include "host/gamestream/enet/enet_host.h"

#include <algorithm>
#include <utility>

namespace pf::host::gamestream {

void EnetHost::receive(const net::Address& from, std::span<const std::byte> datagram, TimePoint now) {
  EnetReader reader(datagram);
  if (!reader.header()) return;
  const auto& header = *reader.header();
  if (header.peer == enet_no_peer) {
    const auto command = reader.next();
    if (command && command->kind == EnetKind::connect) connect(from, read_connect(command->fields), now);
    return;
  }
  if (header.peer >= peers_.size()) return;
  const auto& peer = peers_[header.peer].peer;
  if (!peer || peer->address() != from || !peer->owns(header.session)) return;
  while (const auto command = reader.next()) peer->receive(header, *command, now);
}

void EnetHost::connect(const net::Address& from, const EnetConnect& connect, TimePoint now) {
  const auto known = [&](const Place& place) {
    return place.peer && place.peer->address() == from && place.peer->connect_id() == connect.connect_id;
  };
  if (std::ranges::any_of(peers_, known) || connect.peer >= enet_no_peer) return;
  const auto free = std::ranges::find_if(peers_, [](const Place& place) { return !place.peer; });
  if (free == peers_.end() || !admits_(from, connect.data)) return;
  const auto id = static_cast<EnetPeerId>(free - peers_.begin());
  free->peer = std::make_unique<EnetPeer>(from, id, free->generation++, connect, now);
  free->announced = false;
}

void EnetHost::tick(TimePoint now) {
  for (auto& place : peers_)
    if (place.peer) place.peer->tick(now);
}

TimePoint EnetHost::deadline() const {
  auto next = TimePoint::max();
  for (const auto& place : peers_)
    if (place.peer) next = std::min(next, place.peer->deadline());
  return next;
}

bool EnetHost::send(EnetPeerId peer, std::uint8_t channel, std::span<const std::byte> data, TimePoint now) {
  return peer < peers_.size() && peers_[peer].peer && peers_[peer].peer->send(channel, data, now);
}

void EnetHost::disconnect(EnetPeerId peer, TimePoint now) {
  if (peer < peers_.size() && peers_[peer].peer) peers_[peer].peer->disconnect(now);
}

std::optional<EnetEvent> EnetHost::next_event() {
  for (std::size_t i = 0; i < peers_.size(); ++i)
    if (auto event = look_at(static_cast<EnetPeerId>(i))) return event;
  return std::nullopt;
}

std::optional<EnetEvent> EnetHost::look_at(EnetPeerId id) {
  auto& place = peers_[id];
  if (!place.peer) return std::nullopt;
  using State = EnetPeer::State;
  const auto state = place.peer->state();
  if (state == State::open && !std::exchange(place.announced, true))
    return EnetEvent{.kind = EnetEvent::Kind::connected,
                     .peer = id,
                     .connect_data = place.peer->connect_data(),
                     .address = place.peer->address(),
                     .message = {}};
  if (place.announced) {
    if (auto message = place.peer->take_message())
      return EnetEvent{.kind = EnetEvent::Kind::message,
                       .peer = id,
                       .connect_data = 0,
                       .address = {},
                       .message = std::move(*message)};
  }
  if (state != State::closed || !place.peer->quiet()) return std::nullopt;
  place.peer.reset();
  if (!place.announced) return std::nullopt;
  return EnetEvent{.kind = EnetEvent::Kind::disconnected, .peer = id, .connect_data = 0, .address = {}, .message = {}};
}

std::optional<EnetDatagram> EnetHost::next_datagram(TimePoint now) {
  for (auto& place : peers_) {
    if (!place.peer) continue;
    if (auto bytes = place.peer->take_datagram(now)) return EnetDatagram{place.peer->address(), std::move(*bytes)};
  }
  return std::nullopt;
}

}  // namespace pf::host::gamestream
