// Tasks that a manual clock makes due.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "core/base/clock.h"

namespace pf::test {

/// One thread.
class ManualTimers {
 public:
  explicit ManualTimers(const Clock& clock) : clock_(clock) {}

  void post(std::function<void()> task, milliseconds delay) {
    waiting_.emplace_back(clock_.now() + delay, std::move(task));
  }
  /// The first moment at which something is due, now or later, if that is before `limit`.
  [[nodiscard]] TimePoint next(TimePoint limit) const {
    for (const auto& [due, task] : waiting_) limit = std::min(limit, std::max(due, clock_.now()));
    return limit;
  }
  /// All that is due, in the order of posting, and what they post for at once.
  void run_due() {
    const auto due = [&](const auto& timer) { return timer.first <= clock_.now(); };
    for (auto at = std::ranges::find_if(waiting_, due); at != waiting_.end();
         at = std::ranges::find_if(waiting_, due)) {
      const auto task = std::move(at->second);
      waiting_.erase(at);
      task();
    }
  }

 private:
  const Clock& clock_;
  std::vector<std::pair<TimePoint, std::function<void()>>> waiting_;
};

}  // namespace pf::test
