// One access unit as it left the network, with what is known about its way.
#pragma once

#include <cstdint>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/session/unit_memory.h"
#include "core/wire/unit_prefix.h"

namespace pf::session {

struct ReceivedUnit {
  FrameId frame;
  bool keyframe = false;
  bool recovered = false;  // parity was needed
  wire::UnitPrefix prefix;
  UnitBytes data;                      // one access unit, in memory of the receiver's, who waits for it
  std::uint32_t timestamp_us = 0;      // capture, host clock, modulo 2^32
  std::uint16_t first_send_delay = 0;  // units of 16 us, of the packet that completed the frame
  TimePoint first_arrival;
  TimePoint completed;  // the arrival that made it whole
  Duration recover{0};  // spent in reassembly and parity
};

}  // namespace pf::session
