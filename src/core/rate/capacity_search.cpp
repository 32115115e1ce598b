#include "core/rate/capacity_search.h"

#include <algorithm>

namespace pf::rate {
namespace {

constexpr Duration climb_train = milliseconds{200};
constexpr Duration full_train = milliseconds{500};
constexpr double full_below = 0.92;  // of what was sent
constexpr double full_loss = 0.05;
constexpr double overfill = 1.15;     // so that the path stays full
constexpr double comfortable = 0.85;  // of the capacity: what a stream may take in all
// Of that, the picture's part: a fifth of parity, some 6% of headers, and sound.
constexpr double picture_share = 0.78;

Bitrate scaled(Bitrate rate, double by) {
  return {static_cast<std::uint64_t>(static_cast<double>(rate.bits_per_second) * by)};
}

bool is_full(const TrainOutcome& outcome) {
  return outcome.loss() > full_loss || outcome.arrived.rate < scaled(outcome.sent, full_below);
}

template <class T>
T median(std::vector<T> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

double TrainOutcome::loss() const {
  if (packets_sent == 0 || arrived.packets >= packets_sent) return 0;
  return 1 - static_cast<double>(arrived.packets) / packets_sent;
}

std::optional<Train> CapacitySearch::next() const {
  if (phase_ == Phase::done) return std::nullopt;
  return Train{std::min(rate_, ceiling_), phase_ == Phase::climb ? climb_train : full_train};
}

void CapacitySearch::add(const TrainOutcome& outcome) {
  const auto train = next();
  if (!train) return;
  left_ -= train->length;
  switch (phase_) {
    case Phase::climb:
    case Phase::confirm: {
      const bool full = is_full(outcome);
      if ((full && phase_ == Phase::confirm) || (!full && rate_ >= ceiling_) || left_ < 2 * full_train)
        return finish_climb(outcome);
      if (!full) rate_ = scaled(rate_, 2);
      phase_ = full ? Phase::confirm : Phase::climb;
      return;
    }
    case Phase::fill:
      filled_.push_back(outcome.arrived.rate);
      queued_.push_back(outcome.arrived.queued);
      rate_ = scaled(median(filled_), overfill);
      if (left_ < 2 * full_train) begin_check();
      return;
    case Phase::check: figures_.loss = outcome.loss(); [[fallthrough]];
    case Phase::done: phase_ = Phase::done;
  }
}

void CapacitySearch::finish_climb(const TrainOutcome& last) {
  figures_.reached = is_full(last);
  filled_.push_back(last.arrived.rate);
  queued_.push_back(last.arrived.queued);
  rate_ = scaled(last.arrived.rate, overfill);
  phase_ = rate_.bits_per_second > 0 ? Phase::fill : Phase::done;
  if (phase_ == Phase::done) return;
  if (!figures_.reached || left_ < 2 * full_train) begin_check();
}

void CapacitySearch::begin_check() {
  // The train that ended the climb was short; longer ones are worth more.
  if (filled_.size() > 2) {
    filled_.erase(filled_.begin());
    queued_.erase(queued_.begin());
  }
  figures_.capacity = median(filled_);
  figures_.queued = median(queued_);
  rate_ = scaled(figures_.capacity, comfortable);
  figures_.suggested = scaled(rate_, picture_share);
  phase_ = Phase::check;
}

}  // namespace pf::rate
