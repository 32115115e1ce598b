// Which trains to send to find out what a path carries, and what has come of them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/rate/train_meter.h"

namespace pf::rate {

struct Train {
  Bitrate rate;  // headers included
  Duration length{0};
};

struct TrainOutcome {
  std::uint32_t packets_sent = 0;
  Bitrate sent;  // as the sender managed it
  TrainFigures arrived;
  [[nodiscard]] double loss() const;
};

struct PathFigures {
  Bitrate capacity;      // headers included
  bool reached = false;  // the path was full; if not, it carries at least `capacity`
  Bitrate suggested;     // for a stream's video: leaves room for parity, headers, sound and what else is on the path
  double loss = 0;       // 0 to 1, at the rate that such a stream takes in all
  Duration queued{0};    // added by a full path's queue
};

/// Doubles the rate until the path is full twice in a row, for once may be somebody else's doing, keeps it just full
/// for most of the time, and at the end tries the rate that it would suggest. Reads no clock and does no I/O. One
/// thread.
class CapacitySearch {
 public:
  /// `budget`: of time for all trains, at least two seconds; no train goes above `ceiling`.
  CapacitySearch(Duration budget, Bitrate ceiling) : left_(budget), ceiling_(ceiling) {}

  /// nullopt: enough is known.
  [[nodiscard]] std::optional<Train> next() const;
  /// What has become of that one.
  void add(const TrainOutcome& outcome);
  [[nodiscard]] PathFigures figures() const { return figures_; }

 private:
  enum class Phase { climb, confirm, fill, check, done };
  void finish_climb(const TrainOutcome& last);
  void begin_check();

  Phase phase_ = Phase::climb;
  Duration left_;
  Bitrate ceiling_;
  Bitrate rate_{5'000'000};
  std::vector<Bitrate> filled_;  // rates at which a full path let packets through
  std::vector<Duration> queued_;
  PathFigures figures_;
};

}  // namespace pf::rate
