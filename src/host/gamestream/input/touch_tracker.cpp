#include "host/gamestream/input/touch_tracker.h"

#include <algorithm>
#include <cmath>

namespace pf::host::gamestream {

std::uint16_t whole(float share) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(share, 0.0F, 1.0F) * 65'535.0F));
}

void TouchTracker::end(std::uint32_t pointer, wire::TouchPhase phase, TrackedTouch& out) {
  const auto found = down_.find(pointer);
  if (found == down_.end()) return;
  out.events.push_back({.sequence = ++sequence_, .phase = phase, .contact = found->second});
  down_.erase(found);
}

TrackedTouch TouchTracker::track(ContactPhase phase, std::uint32_t pointer, const Place& place) {
  TrackedTouch out;
  const wire::TouchContact contact{
      .id = pointer, .x = whole(place.x), .y = whole(place.y), .pressure = whole(place.pressure)};
  const auto found = down_.find(pointer);
  switch (phase) {
    case ContactPhase::down:
      if (down_.size() >= wire::max_touch_contacts && found == down_.end()) break;
      down_[pointer] = contact;
      out.events.push_back({.sequence = ++sequence_, .phase = wire::TouchPhase::down, .contact = contact});
      break;
    case ContactPhase::move:
      if (found == down_.end()) break;
      found->second = contact;
      out.motion = wire::TouchMotion{.sequence = ++sequence_, .contacts = {}};
      for (const auto& [other, at] : down_) out.motion->contacts.push_back(at);
      break;
    case ContactPhase::up:
      if (found != down_.end()) found->second = contact;
      end(pointer, wire::TouchPhase::up, out);
      break;
    case ContactPhase::cancel: end(pointer, wire::TouchPhase::cancel, out); break;
    case ContactPhase::cancel_all:
      while (!down_.empty()) end(down_.begin()->first, wire::TouchPhase::cancel, out);
      break;
    // A finger that hovers is no contact.
    case ContactPhase::hover:
    case ContactPhase::leave:
    case ContactPhase::buttons_only: break;
  }
  return out;
}

}  // namespace pf::host::gamestream
