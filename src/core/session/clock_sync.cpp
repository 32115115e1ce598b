#include "core/session/clock_sync.h"

#include <algorithm>
#include <numeric>

namespace pf::session {
namespace {

// A pong that took longer says too little about the offset to be worth keeping, and bounds what a lying host can claim.
constexpr std::int64_t longest_round_trip_us = 10'000'000;

// The host's clock is anything at all: differences are taken modulo 2^64, where no value overflows.
std::int64_t difference(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(a - b);
}

}  // namespace

void ClockSync::on_pong(const wire::ClockPong& pong, TimePoint received) {
  const std::uint64_t received_us = to_micros(received);
  const std::int64_t away = difference(received_us, pong.client_send_us);
  const std::int64_t at_host = difference(pong.host_send_us, pong.host_receive_us);
  if (away < 0 || away > longest_round_trip_us || at_host < 0 || at_host > away) return;
  const std::int64_t out = difference(pong.host_receive_us, pong.client_send_us);
  const std::int64_t back = difference(pong.host_send_us, received_us);
  samples_[count_ % samples_.size()] = {std::midpoint(out, back), away - at_host};
  ++count_;
}

const ClockSync::Sample* ClockSync::best() const {
  if (count_ == 0) return nullptr;
  const auto end = samples_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, samples_.size()));
  return &*std::min_element(samples_.begin(), end,
                            [](const Sample& a, const Sample& b) { return a.round_trip_us < b.round_trip_us; });
}

std::optional<std::int64_t> ClockSync::offset_us() const {
  const auto* sample = best();
  if (sample == nullptr) return std::nullopt;
  return sample->offset_us;
}

std::optional<microseconds> ClockSync::round_trip() const {
  const auto* sample = best();
  if (sample == nullptr) return std::nullopt;
  return microseconds{sample->round_trip_us};
}

std::optional<TimePoint> ClockSync::to_local(std::uint32_t host_timestamp_us, TimePoint near) const {
  const auto* sample = best();
  if (sample == nullptr) return std::nullopt;
  const std::uint64_t near_us = to_micros(near);
  const auto near_at_host = static_cast<std::uint32_t>(near_us + static_cast<std::uint64_t>(sample->offset_us));
  const auto distance = static_cast<std::int32_t>(host_timestamp_us - near_at_host);
  return from_micros(near_us + static_cast<std::uint64_t>(std::int64_t{distance}));
}

}  // namespace pf::session
