// What a train of equal packets says about the path that it came by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::rate {

/// `bytes` in `time`; no more than a terabit per second, which is more than any path carries. 0 where no time has
/// passed.
[[nodiscard]] Bitrate rate_of(std::uint64_t bytes, Duration time);

/// How a train arrived.
struct TrainFigures {
  std::uint32_t packets = 0;
  Bitrate rate;  // over the later part, when queues and token buckets on the way have filled: what the path carries
  Duration queued{0};  // how much longer the train's last packets were under way than its fastest
};

/// Reads no clock. One thread, or the caller's lock.
class TrainMeter {
 public:
  /// A packet of `bytes`, its headers included, that left at `sent_us` of the sender's clock, modulo 2^32.
  void arrived(TimePoint at, std::uint32_t sent_us, std::size_t bytes);
  [[nodiscard]] TrainFigures figures() const;
  void clear() { arrivals_.clear(); }

 private:
  struct Arrival {
    TimePoint at;
    std::uint32_t sent_us = 0;
    std::size_t bytes = 0;
  };
  std::vector<Arrival> arrivals_;
};

}  // namespace pf::rate
