// Which packets never came, told from the gaps in their numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/crypto/replay_window.h"
#include "core/session/receiver_counters.h"

namespace pf::session {

/// Counts a number as lost once the replay window has closed over it, when it can no longer arrive, or when settle()
/// says that it has had its time.
class GapCounter {
 public:
  /// `number` is authentic and new, which the replay window has seen to.
  void arrived(std::uint64_t number);
  /// What is missing among the numbers that were expected at the last call is lost now.
  void settle();
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  /// In how many runs of numbers next to each other those were lost.
  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  /// Numbers from 0 to the newest that has arrived.
  [[nodiscard]] std::uint64_t expected() const { return next_; }

 private:
  static constexpr std::uint64_t window = crypto::ReplayWindow::size;

  void settle_up_to(std::uint64_t number);
  void lose(std::uint64_t count);

  std::array<bool, window> seen_{};
  std::uint64_t next_ = 0;
  std::uint64_t settled_ = 0;  // below it, all is counted
  std::uint64_t due_ = 0;      // expected at the last settle()
  bool in_run_ = false;        // the last settled number was lost
  std::uint64_t lost_ = 0;
  std::uint64_t runs_ = 0;
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
