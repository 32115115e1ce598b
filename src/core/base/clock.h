// Time is passed in: nothing in the core reads a clock that a test could not turn by hand.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace pf {

using Duration = std::chrono::nanoseconds;

/// A point on one machine's monotonic clock. Zero is the machine's boot, so two processes on one machine agree.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

using std::chrono::microseconds;
using std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

/// The machine's monotonic clock. Any thread.
class SteadyClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
};

/// A clock that moves only when told to. Any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start = TimePoint{std::chrono::seconds{1}}) : now_(start.time_since_epoch().count()) {}
  [[nodiscard]] TimePoint now() const override { return TimePoint{Duration{now_.load()}}; }
  void advance(Duration by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
};

/// Microseconds since the clock's zero: the unit of every timestamp on the wire.
[[nodiscard]] inline std::uint64_t to_micros(TimePoint t) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<microseconds>(t.time_since_epoch()).count());
}

[[nodiscard]] inline TimePoint from_micros(std::uint64_t us) {
  return TimePoint{microseconds{static_cast<std::int64_t>(us)}};
}

}  // namespace pf
