#include "core/rate/train_rate.h"

#include <algorithm>
#include <cmath>

namespace pf::rate {
namespace {

// So many bytes count: a train of about ten packets, of which the later half is told, is enough to begin with, and what
// is older than a few trains is forgotten, in proportion to what comes.
constexpr double enough_bytes = 5'000;
constexpr double remembered_bytes = 30'000;
constexpr double fastest = 100e9;

}  // namespace

void TrainRate::on_trains(double bytes, Duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (!(bytes > 0) || seconds < 0) return;
  const double memory = std::max(remembered_bytes, 2 * bytes);
  const double kept = std::exp(-bytes / memory);
  bytes_ = bytes_ * kept + bytes;
  seconds_ = seconds_ * kept + seconds;
}

std::optional<double> TrainRate::bits_per_second() const {
  if (bytes_ < enough_bytes) return std::nullopt;
  return std::min(fastest, bytes_ * 8 / std::max(seconds_, 1e-9));
}

}  // namespace pf::rate
