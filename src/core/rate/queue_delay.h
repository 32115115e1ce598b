// How long packets wait in queues on the way: their delay over the least one of the last while (as LEDBAT does, RFC
// 6817, section 3.4).
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace pf::rate {

/// Delays are differences between two clocks, modulo 2^32 microseconds. One thread.
class QueueDelay {
 public:
  void on_delay(TimePoint now, std::int32_t delay_us);
  /// Zero before the first delay.
  [[nodiscard]] Duration now() const;
  /// The path has become longer: what it takes now is its least.
  void forget();

 private:
  std::optional<std::uint32_t> reference_;  // a delay of this window: the others are counted from it
  // Two of them are further apart than 32 bits hold, where a client says so.
  std::int64_t last_us_ = 0;
  std::int64_t least_us_ = 0;    // of this period
  std::int64_t earlier_us_ = 0;  // of the period before
  TimePoint period_;
};

}  // namespace pf::rate
