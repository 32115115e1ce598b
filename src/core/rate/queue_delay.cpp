#include "core/rate/queue_delay.h"

#include <algorithm>

namespace pf::rate {
namespace {

// Two of them make the window: long enough that a queue drains in it, short enough that clocks drift apart by little.
constexpr std::chrono::seconds period{10};

}  // namespace

void QueueDelay::on_delay(TimePoint now, std::int32_t delay_us) {
  const auto raw = static_cast<std::uint32_t>(delay_us);
  if (!reference_) {
    reference_ = raw;
    period_ = now;
  }
  last_us_ = static_cast<std::int32_t>(raw - *reference_);
  if (now - period_ >= period) {
    period_ = now;
    // Counted from here on: from a reference of long ago, clocks that drift apart would come to the numbers' end.
    earlier_us_ = least_us_ - last_us_;
    reference_ = raw;
    least_us_ = last_us_ = 0;
  }
  least_us_ = std::min(least_us_, last_us_);
}

Duration QueueDelay::now() const {
  return microseconds{last_us_ - std::min(least_us_, earlier_us_)};
}

void QueueDelay::forget() {
  least_us_ = earlier_us_ = last_us_;
}

}  // namespace pf::rate
