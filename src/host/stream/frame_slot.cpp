#include "host/stream/frame_slot.h"

#include <algorithm>
#include <utility>

namespace pf::host {

void damage_all(CapturedFrame& frame) {
  frame.damage = {{0, 0, frame.width, frame.height}};
}

void merge_damage(CapturedFrame& frame, const CapturedFrame& earlier) {
  if (frame.width != earlier.width || frame.height != earlier.height) {
    damage_all(frame);
    return;
  }
  for (const auto& rect : earlier.damage)
    if (std::ranges::find(frame.damage, rect) == frame.damage.end()) frame.damage.push_back(rect);
}

std::optional<CapturedFrame> FrameSlot::put(CapturedFrame frame) {
  if (frame.sequence == 0 || frame.sequence != last_sequence_ + 1) damage_all(frame);
  last_sequence_ = frame.sequence;
  if (frame_) merge_damage(frame, *frame_);
  return std::exchange(frame_, std::move(frame));
}

std::optional<CapturedFrame> FrameSlot::take() {
  return std::exchange(frame_, std::nullopt);
}

}  // namespace pf::host
