// What the host's process costs, for the figures that clients are shown.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/base/clock.h"

namespace pf::host {

/// What the operating system says about the process; zeroes where it says nothing.
struct UsageSample {
  std::uint64_t cpu_us = 0;  // user and system time since the process began
  std::uint32_t rss_kib = 0;
};
/// Any thread; short.
using UsageProbe = std::function<UsageSample()>;

/// Turns totals into a rate between two looks. One thread.
class UsageMeter {
 public:
  struct Figures {
    std::uint32_t cpu_permille = 0;  // of one core
    std::uint32_t rss_kib = 0;
  };
  explicit UsageMeter(UsageProbe probe) : probe_(std::move(probe)) {}

  /// Zero CPU at the first look, for there is nothing to compare with.
  Figures look(TimePoint now) {
    if (!probe_) return {};
    const auto sample = probe_();
    Figures figures{.cpu_permille = 0, .rss_kib = sample.rss_kib};
    if (last_ && now > last_at_) {
      const auto us = std::chrono::duration_cast<microseconds>(now - last_at_).count();
      const auto used = sample.cpu_us - std::min(sample.cpu_us, last_->cpu_us);
      figures.cpu_permille =
          static_cast<std::uint32_t>(used * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(us, 1)));
    }
    last_ = sample;
    last_at_ = now;
    return figures;
  }

 private:
  UsageProbe probe_;
  std::optional<UsageSample> last_;
  TimePoint last_at_;
};

}  // namespace pf::host
