// One access unit as it left the network, with what is known about its way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/wire/unit_prefix.h"

namespace pf::session {

struct ReceivedUnit {
  FrameId frame;
  bool keyframe = false;
  bool recovered = false;  // parity was needed
  wire::UnitPrefix prefix;
  std::vector<std::byte> data;     // one access unit; hand back through VideoReceiver::recycle() to save an allocation
  std::uint32_t timestamp_us = 0;  // capture, host clock, modulo 2^32
  std::uint16_t first_send_delay = 0;  // units of 16 us, of the packet that completed the frame
  TimePoint first_arrival;
  TimePoint completed;  // the arrival that made it whole
  Duration recover{0};  // spent in reassembly and parity
};

}  // namespace pf::session
