#include "core/session/fec_policy.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/fec/reed_solomon16.h"

namespace pf::session {
namespace {

// Losses come in clumps: a frame of a second with 5% loss often loses twice that.
constexpr double headroom = 2.5;
// Of the way down to a lower loss, per report: at a report a second, half of it is forgotten in five seconds.
constexpr double forgetting = 0.125;

}  // namespace

std::size_t max_parity_for(std::size_t data_shards) {
  if (data_shards >= fec::max_block_shards) return 0;
  // The code gives parity a power of two of its points: see fec::block_fits.
  const std::size_t room = std::bit_floor(fec::max_block_shards + 1 - data_shards);
  return std::min({2 * data_shards + 16, room, fec::max_block_shards - data_shards});
}

std::size_t FecPolicy::parity_for(std::size_t data_shards) const {
  const double share = std::clamp(headroom * loss_, limits_.floor, std::max(limits_.floor, limits_.cap));
  // Without the small step back 7% of 100 shards, a little over 7 in binary, would be 8.
  const double wanted = std::ceil(static_cast<double>(data_shards) * share - 1e-6);
  const auto parity = wanted > 0 ? static_cast<std::size_t>(wanted) : 0;
  return std::min(std::max(parity, limits_.min_shards), max_parity_for(data_shards));
}

void FecPolicy::on_loss(double share) {
  if (!(share >= 0)) return;
  share = std::min(share, 1.0);
  loss_ = share >= loss_ ? share : loss_ + (share - loss_) * forgetting;
}

}  // namespace pf::session
