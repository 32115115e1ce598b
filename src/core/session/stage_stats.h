// A histogram of durations per stage: fixed memory, relative error below 2%, no allocation when recording.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "core/base/clock.h"

namespace pf::session {

/// The stages of a frame's way, in order. docs/architecture.md, "A frame's way".
enum class Stage : std::uint8_t {
  capture,
  queue,
  convert,
  encode,
  packetise,
  transmit,
  wire,
  recover,
  decode,
  present,
  end_to_end
};
inline constexpr std::size_t stage_count = 11;
std::string_view to_string(Stage stage);

/// Buckets grow by powers of two, each cut into 64 (after HdrHistogram). One thread, or the caller's lock.
class Histogram {
 public:
  void record(Duration d);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The duration that `share` (0 to 1) of all recorded ones do not exceed. Zero when empty.
  [[nodiscard]] microseconds quantile(double share) const;
  [[nodiscard]] microseconds max() const;
  void clear() { *this = {}; }

 private:
  static constexpr std::size_t sub_buckets = 64;
  static constexpr std::size_t buckets = 27 * sub_buckets;  // up to 2^32 - 1 us; longer ones count as that
  static std::size_t bucket_of(std::uint64_t us);
  static std::uint64_t upper_edge_of(std::size_t bucket);

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

/// All stages of one session. Any thread.
class StageStats {
 public:
  void record(Stage stage, Duration d);
  struct Figures {
    std::uint64_t count = 0;
    microseconds p50{0}, p99{0}, max{0};
  };
  [[nodiscard]] Figures figures(Stage stage) const;

 private:
  mutable std::mutex mutex_;
  std::array<Histogram, stage_count> histograms_;
};

}  // namespace pf::session
