// What a link carries, told by how it spreads packets that left together (packet trains: Jain and Dovrolis 2002). Costs
// no packet of its own, and notices a link that has become faster before more is sent.
#pragma once

#include <optional>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::rate {

/// One thread. A shaper with a bucket lets short trains pass at full speed, and a receiver that sleeps takes packets
/// together that came apart: who uses the estimate has to hold it against what really arrives.
class TrainRate {
 public:
  /// Trains of an interval: bytes behind the first packet of each, and the time that they took.
  void on_trains(double bytes, Duration time);
  /// nullopt until there has been enough. At most 100 Gbit/s.
  [[nodiscard]] std::optional<double> bits_per_second() const;

 private:
  double bytes_ = 0;
  double seconds_ = 0;
};

}  // namespace pf::rate
