// Turns a window that is being resized into one change of the host's mode, once the hand rests.
#pragma once

#include <algorithm>
#include <optional>

#include "client/play/letterbox.h"
#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::client {

/// The mode for a window: even, and within what every host accepts.
[[nodiscard]] inline Mode mode_for(Extent window, std::uint32_t refresh_mhz) {
  const auto fit = [](int size, std::uint32_t least, std::uint32_t most) {
    return std::clamp(static_cast<std::uint32_t>(std::max(size, 0)) / 2 * 2, least, most);
  };
  return {fit(window.width, 320, 7680), fit(window.height, 200, 4320), refresh_mhz};
}

/// One thread.
class ResizeFollower {
 public:
  static constexpr milliseconds rest{300};

  void resized(Extent window, TimePoint now) {
    window_ = window;
    due_ = now + rest;
  }
  /// Once after each rest: the size that the window has come to.
  std::optional<Extent> take(TimePoint now) {
    if (!due_ || now < *due_) return std::nullopt;
    due_.reset();
    return window_;
  }

 private:
  Extent window_;
  std::optional<TimePoint> due_;
};

}  // namespace pf::client
