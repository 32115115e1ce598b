// The one place between capture and encode: the newest frame wins.
#pragma once

#include <cstdint>
#include <optional>

#include "host/seams/capturer.h"

namespace pf::host {

/// Holds at most one frame. No thread of its own: the caller's lock.
class FrameSlot {
 public:
  /// Takes in `frame`. A frame that nobody took is handed back, to be let go of outside the caller's lock; what it had
  /// damaged counts as damaged in the new one. After a gap in the capturer's numbers all of it does. So a reader of the
  /// slot misses nothing, whatever the numbers say.
  std::optional<CapturedFrame> put(CapturedFrame frame);
  std::optional<CapturedFrame> take();
  [[nodiscard]] bool full() const { return frame_.has_value(); }

 private:
  std::optional<CapturedFrame> frame_;
  std::uint64_t last_sequence_ = 0;
};

/// Makes the whole picture count as changed.
void damage_all(CapturedFrame& frame);
/// Adds what `earlier` damaged to `frame`: the whole picture when the sizes differ, one box when the list grows long.
void merge_damage(CapturedFrame& frame, const CapturedFrame& earlier);

}  // namespace pf::host
