// The polynomial that vanishes at the gaps of a block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/fec/kernels/kernels.h"

namespace pf::fec {

class Locator {
 public:
  /// For blocks of up to so many points.
  void reserve(std::size_t points);
  /// For each of `places` the logarithm (gf16.h) of the product of its distances to all gaps but itself: the value of
  /// the polynomial there, or at a gap that of its derivative. All points are below `points`, a power of two of at
  /// least 2.
  void locate(std::span<const std::uint32_t> gaps, std::span<const std::uint32_t> places, std::size_t points,
              std::span<std::uint32_t> logs, const Kernels& kernels);

 private:
  std::vector<std::uint16_t> distances_;  // the transform of all points' logarithms, for blocks of the last one's size
  std::vector<std::uint16_t> set_;
  std::vector<std::uint16_t> scratch_;
};

}  // namespace pf::fec
