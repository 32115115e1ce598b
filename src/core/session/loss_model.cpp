#include "core/session/loss_model.h"

#include <algorithm>
#include <cmath>

namespace pf::session {
namespace {

// Time constants, in seconds, by which an interval is forgotten.
constexpr double recently = 0.4;
constexpr double for_long = 8;
// Packets that are added to those of the sums: few packets prove little.
constexpr double doubt_recent = 60;
constexpr double doubt_lasting = 200;
constexpr double least_loss = 0.0005;
constexpr double longest_run = 64;

}  // namespace

void LossEstimate::on_interval(double received, double lost, double runs, Duration length) {
  if (!(received >= 0 && lost >= 0 && runs >= 0) || !std::isfinite(received + lost + runs)) return;
  const double seconds = std::max(0.0, std::chrono::duration<double>(length).count());
  const auto add = [&](Sums& sums, double time_constant) {
    const double kept = std::exp(-seconds / time_constant);
    sums.packets = sums.packets * kept + received + lost;
    sums.lost = sums.lost * kept + lost;
    sums.runs = sums.runs * kept + std::min(runs, lost);
  };
  add(recent_, recently);
  add(lasting_, for_long);
}

LossModel LossEstimate::model() const {
  const double recent = recent_.lost / (recent_.packets + doubt_recent);
  const double lasting = (lasting_.lost + least_loss * doubt_lasting) / (lasting_.packets + doubt_lasting);
  return {.share = std::clamp(std::max(recent, lasting), 0.0, 1.0),
          .mean_run = std::clamp((lasting_.lost + 1) / (lasting_.runs + 1), 1.0, longest_run)};
}

}  // namespace pf::session
