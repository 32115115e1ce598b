#include "core/session/stage_stats.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pf::session {
namespace {

constexpr std::uint64_t longest_us = 0xFFFF'FFFF;
constexpr std::size_t sub_bucket_bits = 6;

}  // namespace

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::capture: return "capture";
    case Stage::queue: return "queue";
    case Stage::convert: return "convert";
    case Stage::encode: return "encode";
    case Stage::packetise: return "packetise";
    case Stage::transmit: return "transmit";
    case Stage::wire: return "wire";
    case Stage::recover: return "recover";
    case Stage::decode: return "decode";
    case Stage::present: return "present";
    case Stage::end_to_end: return "end_to_end";
  }
  return "unknown";
}

// Group 0 holds 0 to 63 us one by one; group g holds [64 << (g - 1), 64 << g) in steps of 1 << (g - 1).
std::size_t Histogram::bucket_of(std::uint64_t us) {
  const auto width = static_cast<std::size_t>(std::bit_width(us));
  if (width <= sub_bucket_bits) return static_cast<std::size_t>(us);
  const std::size_t shift = width - sub_bucket_bits - 1;
  return (shift + 1) * sub_buckets + static_cast<std::size_t>(us >> shift) - sub_buckets;
}

std::uint64_t Histogram::upper_edge_of(std::size_t bucket) {
  const std::size_t group = bucket / sub_buckets;
  const std::uint64_t step = bucket % sub_buckets;
  if (group == 0) return step;
  const std::size_t shift = group - 1;
  return ((sub_buckets + step + 1) << shift) - 1;
}

void Histogram::record(Duration d) {
  const auto signed_us = std::chrono::duration_cast<microseconds>(d).count();
  const auto us = static_cast<std::uint64_t>(std::clamp<std::int64_t>(signed_us, 0, longest_us));
  ++counts_[bucket_of(us)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

microseconds Histogram::quantile(double share) const {
  if (count_ == 0) return microseconds{0};
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return microseconds{static_cast<std::int64_t>(std::min(upper_edge_of(bucket), max_us_))};
  }
  return max();
}

microseconds Histogram::max() const {
  return microseconds{static_cast<std::int64_t>(max_us_)};
}

void StageStats::record(Stage stage, Duration d) {
  const std::lock_guard lock(mutex_);
  histograms_[static_cast<std::size_t>(stage)].record(d);
}

StageStats::Figures StageStats::figures(Stage stage) const {
  const std::lock_guard lock(mutex_);
  const auto& histogram = histograms_[static_cast<std::size_t>(stage)];
  return {histogram.count(), histogram.quantile(0.50), histogram.quantile(0.99), histogram.max()};
}

}  // namespace pf::session
