#include "core/session/packet_loss.h"

#include <algorithm>

namespace pf::session {

void GapCounter::arrived(std::uint64_t number) {
  if (number >= next_ + window) {
    // Nothing of the old window is left: what it missed is lost, and so is all that was jumped over.
    lost_ +=
        static_cast<std::uint64_t>(std::count(seen_.begin(), seen_.end(), false)) - (window - std::min(next_, window));
    const std::uint64_t first_in_window = number + 1 - window;
    lost_ += first_in_window - next_;
    seen_.fill(false);
    next_ = number + 1;
  }
  for (; next_ <= number; ++next_) {
    bool& slot = seen_[next_ % window];
    if (next_ >= window && !slot) ++lost_;
    slot = false;
  }
  seen_[number % window] = true;
}

double IntervalLoss::Interval::share() const {
  const auto sent = received + lost;
  return sent == 0 ? 0.0 : static_cast<double>(lost) / static_cast<double>(sent);
}

IntervalLoss::Interval IntervalLoss::take(const ReceiverCounters& counters) {
  const std::uint64_t expected = counters.packets_expected - expected_;
  const std::uint64_t received = counters.packets_received - received_;
  expected_ = counters.packets_expected;
  received_ = counters.packets_received;
  return {received, expected > received ? expected - received : 0};
}

}  // namespace pf::session
