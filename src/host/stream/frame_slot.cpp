#include "host/stream/frame_slot.h"

#include <algorithm>
#include <utility>

namespace pf::host {
namespace {

// Above this a list costs more to walk than the pixels that it saves.
constexpr std::size_t max_rects = 64;

Rect bounding_box(const std::vector<Rect>& rects) {
  Rect box = rects.front();
  for (const auto& rect : rects) {
    const auto right = std::max(box.x + box.width, rect.x + rect.width);
    const auto bottom = std::max(box.y + box.height, rect.y + rect.height);
    box.x = std::min(box.x, rect.x);
    box.y = std::min(box.y, rect.y);
    box.width = right - box.x;
    box.height = bottom - box.y;
  }
  return box;
}

}  // namespace

void damage_all(CapturedFrame& frame) {
  frame.damage.assign(1, Rect{0, 0, frame.width, frame.height});
}

void merge_damage(CapturedFrame& frame, const CapturedFrame& earlier) {
  if (frame.width != earlier.width || frame.height != earlier.height) {
    damage_all(frame);
    return;
  }
  for (const auto& rect : earlier.damage)
    if (std::ranges::find(frame.damage, rect) == frame.damage.end()) frame.damage.push_back(rect);
  if (frame.damage.size() > max_rects) frame.damage.assign(1, bounding_box(frame.damage));
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
