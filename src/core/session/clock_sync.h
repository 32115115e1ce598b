// The offset between the host's clock and this one, from pings (RFC 5905, section 8): the sample with the least round
// trip in a window is believed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/wire/input_events.h"

namespace pf::session {

class ClockSync {
 public:
  /// A pong that contradicts itself (it came before its ping, or the host held it longer than it was away) is ignored.
  void on_pong(const wire::ClockPong& pong, TimePoint received);
  /// host clock minus this clock, microseconds. nullopt before the first pong.
  [[nodiscard]] std::optional<std::int64_t> offset_us() const;
  [[nodiscard]] std::optional<microseconds> round_trip() const;
  /// A 32-bit host timestamp, unwrapped to be the one nearest to `near`, on this machine's clock. nullopt before the
  /// first pong.
  [[nodiscard]] std::optional<TimePoint> to_local(std::uint32_t host_timestamp_us, TimePoint near) const;

 private:
  struct Sample {
    std::int64_t offset_us = 0;
    std::int64_t round_trip_us = 0;
  };
  /// Of the window, the sample with the least round trip; null before the first.
  [[nodiscard]] const Sample* best() const;

  std::array<Sample, 16> samples_{};
  std::size_t count_ = 0;
};

}  // namespace pf::session
