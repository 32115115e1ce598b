#include "support/impairment.h"

#include <algorithm>
#include <utility>

namespace pf::test {
namespace {

double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

Duration scaled(Duration d, double factor) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(d.count()) * factor)};
}

}  // namespace

Impairment::Impairment(ImpairmentOptions options, TimePoint start)
    : options_(std::move(options)), start_(start), random_(options_.seed), queue_seen_(start), last_arrival_(start) {}

Impairment::Fate Impairment::offer(TimePoint now, std::size_t bytes) {
  ++counters_.offered;
  // Always the same number of draws, so that one setting does not change what another does to the packets after it.
  const bool lost = lost_by_chance();
  const double jitter = draw();
  const bool held_back = draw() < options_.reorder;
  const double hold = 0.5 + 0.5 * draw();
  const bool duplicated = draw() < options_.duplicate;

  if (cut_ || out_at(now - start_)) {
    ++counters_.cut;
    return {};
  }
  if (lost) {
    ++counters_.lost;
    return {};
  }
  TimePoint leaves;
  if (!pass_queue(now, bytes, leaves)) {
    ++counters_.overflow;
    return {};
  }
  Fate fate;
  fate.copies = duplicated ? 2 : 1;
  auto arrival = std::max(leaves + options_.delay + scaled(options_.jitter, jitter), last_arrival_);
  if (held_back) {
    ++counters_.held_back;
    arrival += scaled(options_.reorder_by, hold);
  } else {
    last_arrival_ = arrival;
  }
  if (duplicated) ++counters_.duplicated;
  fate.arrivals.fill(arrival);
  return fate;
}

// std::uniform_real_distribution may differ between standard libraries; this may not.
double Impairment::draw() {
  return static_cast<double>(random_() >> 11) * 0x1p-53;
}

bool Impairment::lost_by_chance() {
  const double step = draw();
  const double alone = draw();
  const double in_burst = draw();
  in_burst_ = in_burst_ ? step >= options_.bursts.leave : step < options_.bursts.enter;
  return alone < options_.loss || (in_burst_ && in_burst < options_.bursts.loss);
}

bool Impairment::out_at(Duration since_start) const {
  return std::ranges::any_of(options_.outages,
                             [&](const Outage& o) { return since_start >= o.from && since_start < o.to; });
}

std::uint64_t Impairment::rate_at(Duration since_start) const {
  std::uint64_t rate = 0;
  for (const auto& step : options_.rate) {
    if (step.at <= since_start) rate = step.bits_per_second;
  }
  return rate;
}

// The queue drains at the rate of the moment: a step in the rate is noticed with the next packet.
bool Impairment::pass_queue(TimePoint now, std::size_t bytes, TimePoint& leaves) {
  const auto rate = static_cast<double>(rate_at(now - start_)) / 8;
  const Duration passed = now - std::exchange(queue_seen_, now);
  leaves = now;
  if (rate == 0) {
    queued_bytes_ = 0;
    return true;
  }
  queued_bytes_ = std::max(0.0, queued_bytes_ - seconds(passed) * rate);
  const double with_this = queued_bytes_ + static_cast<double>(bytes);
  if (with_this > static_cast<double>(options_.queue_bytes)) return false;
  queued_bytes_ = with_this;
  leaves = now + Duration{static_cast<std::int64_t>(with_this / rate * 1e9)};
  return true;
}

}  // namespace pf::test
