// Where the client's pointer has got to, and when that has to be said again. No I/O.
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

#include "core/wire/input_events.h"

namespace pf::control {

/// Any thread.
class PointerSender {
 public:
  /// Each returns true when nobody is on the way to send the new state yet.
  bool move(std::int32_t dx_16th, std::int32_t dy_16th) {
    const std::lock_guard lock(mutex_);
    state_.total_dx = add(state_.total_dx, dx_16th);
    state_.total_dy = add(state_.total_dy, dy_16th);
    state_.absolute = false;
    return changed();
  }
  bool place(std::uint16_t x, std::uint16_t y) {
    const std::lock_guard lock(mutex_);
    state_.absolute = true;
    state_.x = x;
    state_.y = y;
    return changed();
  }
  [[nodiscard]] wire::PointerState state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  /// The state to send now.
  wire::PointerState take() {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    return state_;
  }

 private:
  // Totals wrap, as the receiver's differences do.
  static std::int32_t add(std::int32_t a, std::int32_t b) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  }
  bool changed() {
    ++state_.sequence;
    return !std::exchange(scheduled_, true);
  }

  mutable std::mutex mutex_;
  wire::PointerState state_;
  bool scheduled_ = false;
};

}  // namespace pf::control
