// How packets get lost on a path: how many, and how many in a row (Gilbert 1960: a good state that loses nothing, a bad
// one that loses everything).
#pragma once

#include <cstdint>

#include "core/base/clock.h"

namespace pf::session {

struct LossModel {
  double share = 0;     // of all packets, 0 to 1
  double mean_run = 1;  // packets; independent losses make runs of 1 / (1 - share)
  bool operator==(const LossModel&) const = default;
};

/// Follows a path from report to report. More loss counts at once, less little by little; and no path is so clean that
/// the next loss would be a surprise.
class LossEstimate {
 public:
  /// Of an interval: packets that came, packets that are known to be lost, and in how many runs. A number of packets
  /// that is no number is ignored.
  void on_interval(double received, double lost, double runs, Duration length);
  [[nodiscard]] LossModel model() const;

 private:
  struct Sums {
    double packets = 0;
    double lost = 0;
    double runs = 0;
  };
  Sums recent_;
  // A new path counts as one that loses 2%, until it has shown what it is.
  Sums lasting_{.packets = 500, .lost = 10, .runs = 10};
};

}  // namespace pf::session
