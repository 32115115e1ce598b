// Holds the stream to the display's refresh rate.
#pragma once

#include <algorithm>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::host {

/// How long a mode shows one picture.
[[nodiscard]] inline Duration frame_interval(const Mode& mode) {
  return Duration{1'000'000'000'000 / std::max<std::int64_t>(mode.refresh_mhz, 1)};
}

/// Frames may come early by an interval, so that one that was late does not hold the next one up, but over time no more
/// than one an interval goes out (the generic cell rate algorithm, ITU-T I.371). One thread.
class FramePacer {
 public:
  explicit FramePacer(Duration interval) : interval_(interval) {}
  void set_interval(Duration interval) { interval_ = interval; }
  [[nodiscard]] Duration interval() const { return interval_; }
  /// The earliest moment for the next frame.
  [[nodiscard]] TimePoint due() const { return slot_ - interval_; }
  void sent(TimePoint now) { slot_ = std::max(slot_, now) + interval_; }

 private:
  Duration interval_;
  TimePoint slot_;
};

}  // namespace pf::host
