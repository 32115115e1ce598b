#include "core/rate/packet_pacer.h"

#include <algorithm>

namespace pf::rate {
namespace {

constexpr std::size_t batch = 60'000;          // what one GSO call carries
constexpr std::size_t smallest_burst = 6'000;  // smaller ones cost more calls than they spare the queue
constexpr double burst_seconds = 0.001;

double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

void PacketPacer::begin_frame(TimePoint now, std::size_t bytes) {
  const bool idle = waiting_ == 0;
  waiting_ += bytes;
  const double longest = seconds(link_.known ? 3 * interval_ : link_.strained ? interval_ : interval_ / 2);
  const double needed = static_cast<double>(link_.rate.bits_per_second) / 8;
  bytes_per_second_ = std::max(needed, static_cast<double>(waiting_) / std::max(longest, 1e-6));
  // Time in which nothing was sent is no credit for a larger burst, and a debt of the frame before is not carried on.
  begun_ = now;
  const auto burst = static_cast<std::size_t>(needed * burst_seconds);
  at_once_ = !idle || (link_.strained && !link_.known) ? 0 : std::max(link_.known ? smallest_burst : batch, burst);
  due_ = idle ? now : std::min(due_, now + Duration{static_cast<std::int64_t>(burst_seconds * 1e9)});
}

std::size_t PacketPacer::burst() const {
  const auto even = static_cast<std::size_t>(bytes_per_second_ * burst_seconds);
  return at_once_ > 0 ? at_once_ : std::clamp(even, smallest_burst, batch);
}

void PacketPacer::sent(TimePoint now, std::size_t bytes) {
  waiting_ -= std::min(waiting_, bytes);
  at_once_ -= std::min(at_once_, bytes);
  if (bytes_per_second_ <= 0) return;
  const Duration takes{static_cast<std::int64_t>(static_cast<double>(bytes) / bytes_per_second_ * 1e9)};
  // A late wake-up is made up for by up to two bursts, so that timers that come late don't stretch the frame.
  due_ = std::max(due_, now - Duration{static_cast<std::int64_t>(2 * burst_seconds * 1e9)}) + takes;
}

}  // namespace pf::rate
