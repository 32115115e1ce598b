// What a path did between two reports of the receiver: totals that may skip a report and wrap become differences.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/wire/input_events.h"

namespace pf::rate {

struct PathReport {
  Duration length{0};      // that it covers; 0 for the first, which has nothing but delays
  double expected = 0;     // packets: numbers that are known to have been sent
  double received = 0;     // packets
  double lost = 0;         // packets that are settled to be lost; they may have been sent before
  double runs = 0;         // of them
  double bytes = 0;        // received
  double train_bytes = 0;  // see wire::Feedback
  Duration train_time{0};
  bool frames = false;              // the delays below mean something
  std::int32_t least_delay_us = 0;  // on two clocks, modulo 2^32
  std::int32_t last_delay_us = 0;

  /// Of the packets expected, those that are missing, 0 to 1. Right away, so late packets count at first.
  [[nodiscard]] double missing() const;
};

/// One thread. Takes whatever a client says: a report that makes no sense becomes the next one's beginning.
class FeedbackReader {
 public:
  /// nullopt for a report that is not newer than the last, and where the differences make no sense.
  std::optional<PathReport> read(const wire::Feedback& feedback);

 private:
  std::optional<wire::Feedback> last_;
};

}  // namespace pf::rate
