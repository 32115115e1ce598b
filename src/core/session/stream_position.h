// How far a stream has come.
#pragma once

#include <cstdint>

#include "core/base/units.h"

namespace pf::session {

/// The next frame and packet of a sender. Streams begin at the default; tests of the far end begin there.
struct StreamPosition {
  FrameId frame{1};
  std::uint64_t packet = 0;
};

}  // namespace pf::session
