// Keeps what strangers can bring about from filling the log.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "core/base/clock.h"

namespace pf::host::gamestream {

/// Passes on so many sentences in a span of time, and at its end says how many it has kept back. Any thread.
class LogLimit {
 public:
  using Say = std::function<void(const std::string&)>;
  LogLimit(const Clock& clock, Say say, std::size_t most = 20, Duration span = std::chrono::seconds{10})
      : clock_(clock), say_(std::move(say)), most_(most), span_(span) {}

  void say(const std::string& sentence) {
    {
      const std::lock_guard lock(mutex_);
      if (said_ == 0) until_ = clock_.now() + span_;
      if (++said_ > most_) return;
    }
    say_(sentence);
  }

  /// Now and then, so that the span ends when nothing more is said.
  void look() {
    std::size_t kept_back = 0;
    {
      const std::lock_guard lock(mutex_);
      if (said_ == 0 || clock_.now() < until_) return;
      kept_back = said_ > most_ ? said_ - most_ : 0;
      said_ = 0;
    }
    if (kept_back != 0) say_("and " + std::to_string(kept_back) + " more of such messages in a few seconds");
  }

 private:
  const Clock& clock_;
  const Say say_;
  const std::size_t most_;
  const Duration span_;
  std::mutex mutex_;
  std::size_t said_ = 0;  // in the present span
  TimePoint until_;
};

}  // namespace pf::host::gamestream
