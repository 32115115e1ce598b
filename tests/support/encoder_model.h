// Sizes of access units as a low-latency encoder makes them: they vary from picture to picture, a keyframe is larger,
// and what one takes too much the next ones save.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

#include "core/base/units.h"

namespace pf::test {

class EncoderModel {
 public:
  EncoderModel(double frames_per_second, std::uint64_t seed) : fps_(frames_per_second), random_(seed) {}

  [[nodiscard]] std::size_t next(Bitrate bitrate, bool keyframe) {
    const double mean = static_cast<double>(bitrate.bits_per_second) / 8 / fps_;
    // The same number of draws for each frame, whatever it is.
    const double spread = std::exp(0.25 * normal());
    double size = mean * (keyframe ? keyframe_size : spread);
    if (!keyframe) {
      const double saved = std::clamp(debt_, -0.2 * mean, 0.25 * size);
      size -= saved;
    }
    debt_ = std::clamp(debt_ + size - mean, -mean, 4 * mean);
    return std::max<std::size_t>(static_cast<std::size_t>(size), 64);
  }

 private:
  static constexpr double keyframe_size = 3;  // of a mean frame: a VBV of about one frame allows little more

  // By the central limit: std::normal_distribution may differ between standard libraries.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random_() >> 11) * 0x1p-53;
    return sum;
  }

  double fps_;
  std::mt19937_64 random_;
  double debt_ = 0;  // bytes
};

}  // namespace pf::test
