#include "core/rate/path_report.h"

#include <algorithm>

namespace pf::rate {
namespace {

constexpr std::uint32_t longest_us = 60'000'000;
constexpr std::uint32_t most_packets = 1u << 24;  // in that time

}  // namespace

double PathReport::missing() const {
  if (expected <= 0) return 0;
  return std::clamp((expected - received) / expected, 0.0, 1.0);
}

std::optional<PathReport> FeedbackReader::read(const wire::Feedback& now) {
  if (!last_) {
    last_ = now;
    return PathReport{
        .frames = now.frames > 0, .least_delay_us = now.least_delay_us, .last_delay_us = now.last_delay_us};
  }
  const wire::Feedback before = *last_;
  if (static_cast<std::int32_t>(now.sequence - before.sequence) <= 0) return std::nullopt;
  last_ = now;
  const std::uint32_t us = now.time_us - before.time_us;
  const std::uint32_t expected = now.packets_expected - before.packets_expected;
  const std::uint32_t received = now.packets_received - before.packets_received;
  const std::uint32_t lost = now.packets_lost - before.packets_lost;
  const std::uint32_t train_us = now.train_us - before.train_us;
  if (us == 0 || us > longest_us || std::max({expected, received, lost}) > most_packets || train_us > 2 * longest_us)
    return std::nullopt;
  return PathReport{.length = microseconds{us},
                    .expected = static_cast<double>(expected),
                    .received = static_cast<double>(received),
                    .lost = static_cast<double>(lost),
                    .runs = static_cast<double>(std::min(now.loss_runs - before.loss_runs, lost)),
                    .bytes = static_cast<double>(now.bytes_received - before.bytes_received),
                    .train_bytes = static_cast<double>(now.train_bytes - before.train_bytes),
                    .train_time = microseconds{train_us},
                    .frames = now.frames > 0,
                    .least_delay_us = now.least_delay_us,
                    .last_delay_us = now.last_delay_us};
}

}  // namespace pf::rate
