#include "core/fec/locator.h"

#include "core/fec/gf16.h"

namespace pf::fec {
namespace {

// Logarithms are added modulo 2^16 - 1, where a carry out of 16 bits comes back in at the bottom. A number here is at
// most 2^16 - 1, which stands for zero too.
std::uint32_t fold(std::uint32_t n) {
  return (n & 0xffffu) + (n >> 16);
}

void walsh_hadamard(std::span<std::uint32_t> values) {
  for (std::size_t half = 1; half < values.size(); half *= 2) {
    for (std::size_t group = 0; group < values.size(); group += 2 * half) {
      for (std::size_t i = group; i < group + half; ++i) {
        const auto a = values[i];
        const auto b = values[i + half];
        values[i] = fold(a + b);
        values[i + half] = fold(a + gf16::group_order - b);
      }
    }
  }
}

}  // namespace

void locate(std::span<std::uint32_t> set, std::vector<std::uint32_t>& scratch) {
  // The sum over members m of log(x + m) is a convolution over the group of XOR: a product between the transforms.
  scratch.resize(set.size());
  scratch[0] = 0;
  for (std::size_t i = 1; i < set.size(); ++i) scratch[i] = gf16::log(static_cast<gf16::Element>(i));
  walsh_hadamard(scratch);
  walsh_hadamard(set);
  // The transform back wants a division by 2^n, which is a product with 2^(16 - n): 2^16 is 1.
  const auto scale = static_cast<std::uint32_t>((gf16::group_order + 1) / set.size());
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto product = static_cast<std::uint64_t>(set[i]) * scratch[i] % gf16::group_order * scale;
    set[i] = static_cast<std::uint32_t>(product % gf16::group_order);
  }
  walsh_hadamard(set);
}

}  // namespace pf::fec
