#include "core/rate/train_meter.h"

#include <algorithm>

namespace pf::rate {
namespace {

constexpr std::size_t most_packets = 200'000;  // a sender that goes on and on is not remembered for ever
constexpr double settled_after = 0.4;          // of the train's time

constexpr double highest_rate = 1e12;

}  // namespace

Bitrate rate_of(std::uint64_t bytes, Duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (seconds <= 0) return {};
  return {static_cast<std::uint64_t>(std::min(static_cast<double>(bytes) * 8 / seconds, highest_rate))};
}

void TrainMeter::arrived(TimePoint at, std::uint32_t sent_us, std::size_t bytes) {
  if (arrivals_.size() < most_packets) arrivals_.push_back({at, sent_us, bytes});
}

TrainFigures TrainMeter::figures() const {
  TrainFigures figures{.packets = static_cast<std::uint32_t>(arrivals_.size()), .rate = {}, .queued = {}};
  if (arrivals_.size() < 2) return figures;
  const auto& first = arrivals_.front();
  const auto& last = arrivals_.back();
  const auto settled = first.at + std::chrono::duration_cast<Duration>((last.at - first.at) * settled_after);
  // The time between two arrivals belongs to the later packet.
  const auto begin = std::ranges::find_if(arrivals_, [&](const Arrival& one) { return one.at >= settled; });
  std::size_t bytes = 0;
  for (auto one = begin + 1; one < arrivals_.end(); ++one) bytes += one->bytes;
  figures.rate = rate_of(bytes, last.at - begin->at);

  // The clocks differ by something that is the same for all packets of a train.
  const auto under_way = [&](const Arrival& one) {
    const auto sent = microseconds{static_cast<std::int32_t>(one.sent_us - first.sent_us)};
    return Duration{one.at - first.at} - sent;
  };
  Duration fastest = under_way(first);
  for (const auto& one : arrivals_) fastest = std::min(fastest, under_way(one));
  const auto tail = std::max<std::size_t>(arrivals_.size() / 10, 1);
  Duration sum{0};
  for (auto one = arrivals_.end() - static_cast<std::ptrdiff_t>(tail); one < arrivals_.end(); ++one)
    sum += under_way(*one) - fastest;
  figures.queued = sum / static_cast<std::int64_t>(tail);
  return figures;
}

}  // namespace pf::rate
