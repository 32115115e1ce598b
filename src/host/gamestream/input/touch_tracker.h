// Which fingers are down on a surface of a GameStream client, and what a packet about one of them comes to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/wire/device_events.h"
#include "host/gamestream/input/input_packet.h"

namespace pf::host::gamestream {

struct TrackedTouch {
  std::vector<wire::TouchEvent> events;     // what begins or ends
  std::optional<wire::TouchMotion> motion;  // where all are that are down
};

/// One surface, one thread.
class TouchTracker {
 public:
  /// Fractions of the surface, 0 to 1.
  struct Place {
    float x = 0;
    float y = 0;
    float pressure = 0;
  };
  TrackedTouch track(ContactPhase phase, std::uint32_t pointer, const Place& place);

 private:
  void end(std::uint32_t pointer, wire::TouchPhase phase, TrackedTouch& out);

  std::map<std::uint32_t, wire::TouchContact> down_;
  std::uint32_t sequence_ = 0;
};

/// Of 65,535.
std::uint16_t whole(float share);

}  // namespace pf::host::gamestream
