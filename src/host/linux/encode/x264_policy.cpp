#include "host/linux/encode/x264_policy.h"

#include <algorithm>
#include <cmath>

namespace pf::host::x264 {
namespace {

constexpr std::int64_t min_bits_per_second = 100'000;
constexpr std::int64_t max_bits_per_second = 2'000'000'000;
// A desktop's keyframe at this density is soft but readable, and sharpens within a few frames; in a buffer of one
// interval at 20 Mbit/s a 1080p keyframe is not.
constexpr double keyframe_bits_per_pixel = 0.4;
constexpr double longest_keyframe_seconds = 0.05;
// Frame intervals' worth of bits, from which on a keyframe is a burst.
constexpr double least_burst = 1.5;
// Of a unit of a refresh: what is left for the columns that it adds, where those before them move.
constexpr double refresh_share = 0.5;
// One slice below this many pixels costs more in headers and lost prediction than a thread saves.
constexpr std::uint64_t pixels_per_thread = std::uint64_t{640} * 360;
constexpr unsigned max_threads = 16;
// Pixels a second that one core of a ten-year-old desktop processor encodes with "superfast".
constexpr double superfast_pixels_per_second = 120e6;
// A client gives a frame up 40 ms after the next one has come, and its word takes half a round trip. Each picture kept
// costs x264 five bytes a pixel.
constexpr double loss_heard_of_seconds = 0.13;
constexpr std::uint64_t level_5_1_macroblocks = 184'320;
constexpr std::uint64_t most_references = 16;

std::uint64_t pixels(const Mode& mode) {
  return std::uint64_t{mode.width} * mode.height;
}

double frames_per_second(const Mode& mode) {
  return std::max(mode.refresh_mhz, 1u) / 1000.0;
}

struct Budget {
  std::int64_t rate = 0;  // bits per second
  double interval = 0;    // bits of one frame interval
  double keyframe = 0;    // bits that a keyframe should have
};

Budget budget_of(const Mode& mode, Bitrate bitrate) {
  const std::int64_t bits =
      std::clamp(static_cast<std::int64_t>(std::min<std::uint64_t>(bitrate.bits_per_second, max_bits_per_second)),
                 min_bits_per_second, max_bits_per_second);
  const double rate = static_cast<double>(bits);
  return {.rate = bits,
          .interval = rate / frames_per_second(mode),
          .keyframe =
              std::min(static_cast<double>(pixels(mode)) * keyframe_bits_per_pixel, rate * longest_keyframe_seconds)};
}

}  // namespace

RateControl rate_control(const Mode& mode, Bitrate bitrate) {
  const auto budget = budget_of(mode, bitrate);
  return {budget.rate, static_cast<std::int32_t>(std::max(budget.interval, budget.keyframe))};
}

unsigned refresh_units(const Mode& mode, Bitrate bitrate) {
  const auto budget = budget_of(mode, bitrate);
  const double keyframe = budget.keyframe / budget.interval;
  return keyframe < least_burst ? 1 : static_cast<unsigned>(std::ceil(keyframe / refresh_share));
}

RateControl refresh_rate_control(const Mode& mode, Bitrate bitrate) {
  const auto budget = budget_of(mode, bitrate);
  return {budget.rate, static_cast<std::int32_t>(budget.interval)};
}

unsigned threads(const Mode& mode, unsigned asked, unsigned cores) {
  if (asked != 0) return std::min(asked, max_threads);
  const auto useful = static_cast<unsigned>(std::min<std::uint64_t>(pixels(mode) / pixels_per_thread, max_threads));
  return std::clamp(useful, 1u, std::max(cores, 1u));
}

unsigned kept_references(const Mode& mode, unsigned most) {
  const std::uint64_t macroblocks = std::uint64_t{(mode.width + 15) / 16} * ((mode.height + 15) / 16);
  const auto heard_of = static_cast<std::uint64_t>(frames_per_second(mode) * loss_heard_of_seconds) + 1;
  const auto held = std::clamp<std::uint64_t>(level_5_1_macroblocks / macroblocks, 1, most_references);
  return static_cast<unsigned>(std::min({heard_of, held, most == 0 ? most_references : std::uint64_t{most}}));
}

const char* preset(const Mode& mode, unsigned threads) {
  const double wanted = static_cast<double>(pixels(mode)) * frames_per_second(mode);
  return wanted * 2 <= superfast_pixels_per_second * threads ? "superfast" : "ultrafast";
}

}  // namespace pf::host::x264
