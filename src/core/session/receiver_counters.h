// What a video receiver has seen since its stream began.
#pragma once

#include <cstdint>

namespace pf::session {

struct ReceiverCounters {
  std::uint64_t packets_received = 0;  // authentic, once each
  std::uint64_t packets_expected = 0;  // numbers up to the newest one; see IntervalLoss for the loss of the last second
  std::uint64_t packets_lost = 0;      // gaps in packet numbers that nothing can fill any more; see GapCounter
  std::uint64_t packets_rejected = 0;  // forged, replayed, malformed
  std::uint64_t packets_late = 0;      // authentic, for a frame already delivered or given up
  std::uint64_t bytes_received = 0;
  std::uint64_t frames_complete = 0;  // handed out by next()
  std::uint64_t frames_recovered = 0;
  std::uint64_t repairs = 0;      // losses after which a frame went on that refers to an earlier one
  std::uint64_t refreshes = 0;    // losses after which a keyframe went on that is spread over several frames
  std::uint64_t restarts = 0;     // losses after which a whole keyframe went on
  std::uint64_t frames_lost = 0;  // given up, or undecodable because an earlier one was given up
};

}  // namespace pf::session
