// How long a packet took from capture to sealing, as its header says it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/clock.h"

namespace pf::session {

/// Units of 16 microseconds, saturating.
[[nodiscard]] inline std::uint16_t send_delay(TimePoint captured, TimePoint now) {
  const auto us = std::chrono::duration_cast<microseconds>(now - captured).count();
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(us / 16, 0, UINT16_MAX));
}

}  // namespace pf::session
