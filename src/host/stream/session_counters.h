// What one session has done since its start, kept across reconnects.
#pragma once

#include <atomic>
#include <cstdint>

namespace pf::host {

/// Written by the session's threads, read by any.
struct SessionCounters {
  std::atomic<std::uint64_t> frames_captured = 0;
  std::atomic<std::uint64_t> frames_encoded = 0;
  std::atomic<std::uint64_t> frames_dropped = 0;  // superseded by a newer one before encoding
  std::atomic<std::uint64_t> keyframes = 0;       // of which each is a whole picture
  std::atomic<std::uint64_t> refreshes = 0;       // begun: keyframes spread over several frames
  std::atomic<std::uint64_t> repairs = 0;         // frames that do without lost ones, where a keyframe was not needed
  std::atomic<std::uint64_t> packets_sent = 0;
  std::atomic<std::uint64_t> bytes_sent = 0;
  std::atomic<std::uint64_t> send_failures = 0;  // units that the socket would not take whole, or that were too large
  std::atomic<std::uint64_t> audio_packets = 0;
  std::atomic<std::uint64_t> input_events = 0;
};

}  // namespace pf::host
