// Whether a GameStream client's stream keeps its pace, and the host its memory, while strangers attack. For programs
// that link the allocation meter.
#pragma once

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
  std::size_t attempts = 0;
  double a_minute = 0;                   // attempts
  std::ptrdiff_t bytes_per_attempt = 0;  // that the program holds on to

  /// Frames come from a source that the same processors drive, so some fewer are no stall.
  [[nodiscard]] bool keeps_pace() const { return during >= 0.7 * before; }
};

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

  const auto held = static_cast<std::ptrdiff_t>(allocations().bytes);
  frames = client.seen().frames;
  begun = Clock::now();
  while (siege.attempts < least || seconds_since(begun) < 3) {
    for (std::size_t i = 0; i < at_once; ++i) attempt(siege.attempts++);
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  const auto took = seconds_since(begun);
  siege.during = static_cast<double>(client.seen().frames - frames) / took;
  siege.a_minute = static_cast<double>(siege.attempts) / took * 60;
  siege.bytes_per_attempt =
      (static_cast<std::ptrdiff_t>(allocations().bytes) - held) / static_cast<std::ptrdiff_t>(siege.attempts);
  std::printf("%zu attempts, %.0f a minute: %.1f frames a second, %.1f before; %td bytes kept of each\n",
              siege.attempts, siege.a_minute, siege.during, siege.before, siege.bytes_per_attempt);
  return siege;
}

}  // namespace pf::test
