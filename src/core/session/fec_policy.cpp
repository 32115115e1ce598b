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
// Of small frames, how many may be beyond repair.
constexpr double residual = 1e-4;
// No report is so good that the next loss would be a surprise.
constexpr double least_loss = 0.002;
constexpr std::size_t small_frame = 256;  // data shards

/// The chance that more than `spare` of `packets` are lost, each with chance `loss` on its own (binomial distribution).
double chance_of_more_than(std::size_t spare, std::size_t packets, double loss) {
  double exactly = std::pow(1 - loss, static_cast<double>(packets));
  double up_to = exactly;
  for (std::size_t lost = 1; lost <= spare; ++lost) {
    exactly *= static_cast<double>(packets - lost + 1) / static_cast<double>(lost) * loss / (1 - loss);
    up_to += exactly;
  }
  return 1 - up_to;
}

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
  auto parity = std::max(wanted > 0 ? static_cast<std::size_t>(wanted) : 0, limits_.min_shards);
  if (data_shards <= small_frame) {
    const double loss = std::clamp(loss_, least_loss, 0.99);
    const auto most = std::max(
        parity, static_cast<std::size_t>(limits_.cap * static_cast<double>(data_shards)) + limits_.small_frame_extra);
    while (parity < most && chance_of_more_than(parity, data_shards + parity, loss) > residual) ++parity;
  }
  return std::min(parity, max_parity_for(data_shards));
}

void FecPolicy::on_loss(double share) {
  if (!(share >= 0)) return;
  share = std::min(share, 1.0);
  loss_ = share >= loss_ ? share : loss_ + (share - loss_) * forgetting;
}

}  // namespace pf::session
