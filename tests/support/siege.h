// Whether a GameStream client's stream keeps its pace, and the host its memory, while strangers attack. For programs
// that link the allocation meter.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <thread>

#include "support/allocation_meter.h"
#include "support/gamestream_client.h"

namespace pf::test {

struct Siege {
  double before = 0;  // frames a second that the client got, just before
  double during = 0;
  double longest_gap = 0;  // without a frame, as a share of the attack's time
  std::size_t attempts = 0;
  double a_minute = 0;                   // attempts
  std::ptrdiff_t bytes_per_attempt = 0;  // that the program holds on to

  /// Frames come from a source that the same processors drive, so some fewer are no stall.
  [[nodiscard]] bool keeps_pace() const { return during >= 0.7 * before && longest_gap <= 0.5; }
};

/// What stays: the least within half a second, without the frames that are on their way.
inline std::ptrdiff_t bytes_kept() {
  auto least = allocations().bytes;
  for (int i = 0; i < 250; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    least = std::min(least, allocations().bytes);
  }
  return static_cast<std::ptrdiff_t>(least);
}

/// Calls `attempt(number)` at least `least` times and for three seconds, by `at_once` a millisecond at most.
template <class Attempt>
Siege besiege(const GameStreamClient& client, std::size_t least, std::size_t at_once, const Attempt& attempt) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
  };
  Siege siege;
  auto frames = client.seen().frames;
  auto begun = Clock::now();
  std::this_thread::sleep_for(std::chrono::seconds{2});
  siege.before = static_cast<double>(client.seen().frames - frames) / seconds_since(begun);

  const auto held = bytes_kept();
  frames = client.seen().frames;
  begun = Clock::now();
  double gap = 0;
  std::jthread watch([&](const std::stop_token& stop) {
    auto latest = begun;
    for (auto last = frames; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds{2})) {
      gap = std::max(gap, seconds_since(latest));
      const auto now = client.seen().frames;
      if (now != last) latest = Clock::now();
      last = now;
    }
  });
  while (siege.attempts < least || seconds_since(begun) < 3) {
    for (std::size_t i = 0; i < at_once; ++i) attempt(siege.attempts++);
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  const auto took = seconds_since(begun);
  siege.during = static_cast<double>(client.seen().frames - frames) / took;
  watch.request_stop();
  watch.join();
  siege.longest_gap = gap / took;
  siege.a_minute = static_cast<double>(siege.attempts) / took * 60;
  siege.bytes_per_attempt = (bytes_kept() - held) / static_cast<std::ptrdiff_t>(siege.attempts);
  std::printf(
      "%zu attempts, %.0f a minute: %.1f frames a second, %.1f before, longest gap %.0f ms; %td bytes kept of each\n",
      siege.attempts, siege.a_minute, siege.during, siege.before, gap * 1000, siege.bytes_per_attempt);
  return siege;
}

}  // namespace pf::test
