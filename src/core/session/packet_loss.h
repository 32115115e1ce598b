// Which packets never came, told from the gaps in their numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/crypto/replay_window.h"
#include "core/session/receiver_counters.h"

namespace pf::session {

/// Counts a number as lost once the replay window has closed over it, when it can no longer arrive.
class GapCounter {
 public:
  /// `number` is authentic and new, which the replay window has seen to.
  void arrived(std::uint64_t number);
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  /// Numbers from 0 to the newest that has arrived.
  [[nodiscard]] std::uint64_t expected() const { return next_; }

 private:
  static constexpr std::uint64_t window = crypto::ReplayWindow::size;

  std::array<bool, window> seen_{};
  std::uint64_t next_ = 0;
  std::uint64_t lost_ = 0;
};

/// What came and what did not between two looks at a receiver's counters (RFC 3550, appendix A.3): known at once,
/// where ReceiverCounters::packets_lost waits for the window. A packet that is only late counts as missing in one
/// interval and makes up for it in the next.
class IntervalLoss {
 public:
  struct Interval {
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    /// 0 to 1; 0 when nothing was sent.
    [[nodiscard]] double share() const;
  };
  /// What has happened since the last call, or since the stream's start.
  Interval take(const ReceiverCounters& counters);

 private:
  std::uint64_t expected_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace pf::session
