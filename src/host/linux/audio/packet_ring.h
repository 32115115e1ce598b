// Packets from PipeWire's real-time thread to the capturer's own: no lock, no allocation, and when the reader is too
// late the newest packet is dropped, so that neither thread ever waits for the other.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::host {

/// One thread pushes, one pops.
class PacketRing {
 public:
  static constexpr std::size_t capacity = 64;  // packets: 320 ms

  explicit PacketRing(const AudioFormat& format) {
    for (Slot& slot : slots_) slot.samples.resize(std::size_t{audio_packet_samples} * format.channels);
  }

  /// `samples` is one packet. False: full, the packet is dropped.
  bool push(std::span<const float> samples, TimePoint captured) {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    if (at - read_.load(std::memory_order_acquire) == capacity) return false;
    Slot& slot = slots_[at % capacity];
    std::ranges::copy(samples, slot.samples.begin());
    slot.captured = captured;
    written_.store(at + 1, std::memory_order_release);
    return true;
  }

  /// Calls `take(samples, captured)` for each packet that is there.
  template <class Take>
  void drain(Take&& take) {
    for (std::size_t at = read_.load(std::memory_order_relaxed); at != written_.load(std::memory_order_acquire);) {
      const Slot& slot = slots_[at % capacity];
      take(std::span<const float>(slot.samples), slot.captured);
      read_.store(++at, std::memory_order_release);
    }
  }

 private:
  struct Slot {
    std::vector<float> samples;
    TimePoint captured;
  };
  std::array<Slot, capacity> slots_;
  std::atomic<std::size_t> written_{0};
  std::atomic<std::size_t> read_{0};
};

}  // namespace pf::host
