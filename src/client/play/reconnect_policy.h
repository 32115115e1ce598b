// When to try again after a connection was lost, and when to give up.
#pragma once

#include <algorithm>
#include <optional>

#include "core/base/clock.h"

namespace pf::client {

/// Tries at once, then after pauses that double, as long as the host keeps the session's display.
class ReconnectPolicy {
 public:
  static constexpr milliseconds first_pause{100};
  static constexpr milliseconds longest_pause{1000};

  /// `grace`: how long the host keeps the display from about now.
  void lost(TimePoint now, milliseconds grace) {
    give_up_at_ = now + grace;
    next_ = now;
    pause_ = first_pause;
  }
  /// When the next attempt is to begin. nullopt: there is no use in another one.
  [[nodiscard]] std::optional<TimePoint> next_attempt(TimePoint now) const {
    const auto at = std::max(now, next_);
    if (at > give_up_at_) return std::nullopt;
    return at;
  }
  /// The attempt did not succeed.
  void failed(TimePoint now) {
    next_ = now + pause_;
    pause_ = std::min<Duration>(2 * pause_, longest_pause);
  }

 private:
  TimePoint give_up_at_;
  TimePoint next_;
  Duration pause_{first_pause};
};

}  // namespace pf::client
