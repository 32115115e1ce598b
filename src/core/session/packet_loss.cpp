#include "core/session/packet_loss.h"

#include <algorithm>

namespace pf::session {

void GapCounter::arrived(std::uint64_t number) {
  if (number >= next_) {
    if (number >= window) settle_up_to(number + 1 - window);
    for (next_ = std::max(next_, settled_); next_ <= number; ++next_) seen_[next_ % window] = false;
  }
  seen_[number % window] = true;
}

void GapCounter::settle() {
  settle_up_to(due_);
  due_ = next_;
}

void GapCounter::settle_up_to(std::uint64_t number) {
  for (; settled_ < std::min(number, next_); ++settled_) {
    if (seen_[settled_ % window])
      in_run_ = false;
    else
      lose(1);
  }
  if (settled_ >= number) return;
  // What was jumped over never had a place in the window.
  lose(number - settled_);
  settled_ = number;
}

void GapCounter::lose(std::uint64_t count) {
  if (!in_run_) ++runs_;
  in_run_ = true;
  lost_ += count;
}

double IntervalLoss::Interval::share() const {
  const auto sent = received + lost;
  return sent == 0 ? 0.0 : static_cast<double>(lost) / static_cast<double>(sent);
}

IntervalLoss::Interval IntervalLoss::take(const ReceiverCounters& counters) {
  const std::uint64_t expected = counters.packets_expected - expected_;
  const std::uint64_t received = counters.packets_received - received_;
  expected_ = counters.packets_expected;
  received_ = counters.packets_received;
  return {received, expected > received ? expected - received : 0};
}

}  // namespace pf::session
