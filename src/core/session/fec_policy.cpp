#include "core/session/fec_policy.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/fec/reed_solomon16.h"

namespace pf::session {
namespace {

// Of frames, how many may be beyond repair.
constexpr double residual = 1e-6;
// By so many standard deviations a normal distribution exceeds its mean as rarely.
constexpr double deviations = 4.75;
// Neighbouring losses of the table: a path is taken for the next worse entry, so that reports which differ by little
// don't make the work anew.
constexpr double step = 1.1;
constexpr double least_share = 0.0005;
// Losses in one small frame beyond which the exact distribution isn't followed: more than its parity at most.
constexpr std::size_t most_losses = 320;

double round_up(double value, double least) {
  if (value <= least) return least;
  return least * std::pow(step, std::ceil(std::log(value / least) / std::log(step) - 1e-9));
}

/// Gilbert's chain: the chance to go from good to bad and back, per packet.
struct Chain {
  explicit Chain(const LossModel& loss)
      : share(loss.share), leave(1 / std::max(loss.mean_run, 1 / (1 - share))), enter(share * leave / (1 - share)) {}
  double share;
  double leave;
  double enter;
};

/// How likely each number of losses is among the packets so far, by the state that the last one met.
class LossCount {
 public:
  explicit LossCount(const Chain& chain) : chain_(chain) {
    good_[0] = 1 - chain.share;
    bad_[1] = chain.share;
  }
  void one_more() {
    ++packets_;
    const std::size_t top = std::min(packets_, most_losses - 1);
    for (std::size_t lost = top;; --lost) {
      const double good = good_[lost];
      const double before = lost > 0 ? bad_step(lost - 1) : 0;
      good_[lost] = good * (1 - chain_.enter) + bad_[lost] * chain_.leave;
      bad_[lost] = before;
      if (lost == 0) break;
    }
  }
  [[nodiscard]] std::size_t packets() const { return packets_; }
  [[nodiscard]] double more_than(std::size_t spare) const {
    double up_to = 0;
    for (std::size_t lost = 0; lost <= std::min(spare, most_losses - 1); ++lost) up_to += good_[lost] + bad_[lost];
    return 1 - up_to;
  }

 private:
  [[nodiscard]] double bad_step(std::size_t lost) const {
    return good_[lost] * chain_.enter + bad_[lost] * (1 - chain_.leave);
  }

  Chain chain_;
  std::size_t packets_ = 1;
  std::array<double, most_losses> good_{};
  std::array<double, most_losses> bad_{};
};

}  // namespace

std::size_t max_parity_for(std::size_t data_shards) {
  if (data_shards >= fec::max_block_shards) return 0;
  // The code gives parity a power of two of its points: see fec::block_fits.
  const std::size_t room = std::bit_floor(fec::max_block_shards + 1 - data_shards);
  return std::min({2 * data_shards + 16, room, fec::max_block_shards - data_shards});
}

FecPolicy::FecPolicy(const Limits& limits) : limits_(limits) {
  set_loss({});
  cache_.fill(unknown);
}

void FecPolicy::set_loss(const LossModel& loss) {
  const double share = loss.share > 0 ? std::min(loss.share, 0.99) : 0;
  const LossModel next{.share = std::min(round_up(share, least_share), 0.99),
                       .mean_run = round_up(loss.mean_run > 1 ? std::min(loss.mean_run, 1000.0) : 1, 1)};
  if (next == loss_) return;
  loss_ = next;
  cache_.fill(unknown);
}

std::size_t FecPolicy::parity_for(std::size_t data_shards) {
  if (data_shards > small_frame) return parity_of_large(data_shards);
  auto& kept = cache_[data_shards];
  if (kept == unknown)
    kept = static_cast<std::uint16_t>(std::min(parity_of_small(data_shards), max_parity_for(data_shards)));
  return kept;
}

std::size_t FecPolicy::parity_of_small(std::size_t data_shards) const {
  const std::size_t most = most_for(data_shards);
  std::size_t parity = std::min(least_for(data_shards), most);
  LossCount count{Chain(loss_)};
  while (count.packets() < data_shards + parity) count.one_more();
  while (parity < most && count.more_than(parity) > residual) {
    ++parity;
    count.one_more();
  }
  return parity;
}

// Many packets: their losses are nearly normal, with the variance of a chain that remembers its state, and skewed as
// a Poisson number of runs with geometric lengths is (Cornish and Fisher 1938, first term).
std::size_t FecPolicy::parity_of_large(std::size_t data_shards) const {
  const Chain chain(loss_);
  const double memory = 1 - chain.enter - chain.leave;
  const double variance = chain.share * (1 - chain.share) * (1 + memory) / (1 - memory);
  const double run = 1 / chain.leave;
  const double skew = (6 * run * run - 6 * run + 1) / (2 * run - 1);
  const std::size_t most = most_for(data_shards);
  std::size_t parity = least_for(data_shards);
  for (int round = 0; round < 8; ++round) {
    const auto packets = static_cast<double>(data_shards + parity);
    const double losses =
        packets * chain.share + deviations * std::sqrt(packets * variance) + skew * (deviations * deviations - 1) / 6;
    if (losses <= static_cast<double>(parity)) break;
    parity = static_cast<std::size_t>(losses) + 1;
  }
  return std::min({parity, most, max_parity_for(data_shards)});
}

std::size_t FecPolicy::least_for(std::size_t data_shards) const {
  // Without the small step back 7% of 100 shards, a little over 7 in binary, would be 8.
  const double floor = std::ceil(static_cast<double>(data_shards) * limits_.floor - 1e-6);
  return std::max(floor > 0 ? static_cast<std::size_t>(floor) : 0, limits_.min_shards);
}

std::size_t FecPolicy::most_parity_up_to(std::size_t data_shards) const {
  const double share = std::ceil(static_cast<double>(data_shards) * std::max(limits_.cap, limits_.floor));
  return std::max(static_cast<std::size_t>(share) + small_frame_extra(longest_run), limits_.min_shards);
}

std::size_t FecPolicy::most_for(std::size_t data_shards) const {
  const double share = static_cast<double>(data_shards) * std::max(limits_.cap, limits_.floor);
  const auto extra = data_shards <= small_frame ? small_frame_extra(loss_.mean_run) : 0;
  return std::max(static_cast<std::size_t>(share) + extra, least_for(data_shards));
}

// What a small frame needs against a run has little to do with its size.
std::size_t FecPolicy::small_frame_extra(double mean_run) const {
  return limits_.small_frame_extra + static_cast<std::size_t>(2 * (std::min(mean_run, longest_run) - 1));
}

}  // namespace pf::session
