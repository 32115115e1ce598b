#include "core/fec/locator.h"

#include <algorithm>
#include <bit>

#include "core/fec/gf16.h"

namespace pf::fec {
namespace {

void locate_few(std::span<const std::uint32_t> gaps, std::span<const std::uint32_t> places,
                std::span<std::uint32_t> logs) {
  std::ranges::transform(places, logs.begin(), [gaps](std::uint32_t place) {
    std::uint64_t log = 0;
    for (const auto gap : gaps) {
      if (gap != place) log += gf16::log(gf16::point(gap ^ place));
    }
    return static_cast<std::uint32_t>(log % gf16::group_order);
  });
}

}  // namespace

void Locator::reserve(std::size_t points) {
  for (auto* values : {&distances_, &set_, &scratch_}) values->reserve(points);
}

void Locator::locate(std::span<const std::uint32_t> gaps, std::span<const std::uint32_t> places, std::size_t points,
                     std::span<std::uint32_t> logs, const Kernels& kernels) {
  if (gaps.size() * places.size() <= points) return locate_few(gaps, places, logs);

  // The sum over gaps g of log(x + g) is a convolution over the group of XOR, so a product between the transforms
  // (Didier, "Efficient erasure decoding of Reed-Solomon codes", 2009). All is modulo 2^16 - 1, which folds what is
  // above 16 bits.
  scratch_.resize(points);
  if (distances_.size() != points) {
    distances_.resize(points);
    distances_[0] = 0;
    for (std::uint32_t i = 1; i < points; ++i) distances_[i] = static_cast<std::uint16_t>(gf16::log(gf16::point(i)));
    kernels.walsh_hadamard(distances_.data(), scratch_.data(), points);
  }
  set_.assign(points, 0);
  for (const auto gap : gaps) set_[gap] = 1;
  kernels.walsh_hadamard(set_.data(), scratch_.data(), points);
  // The transform back wants a division by 2^n, which is a product with 2^(16 - n): a rotation.
  const int rotation = 16 - std::countr_zero(points);
  for (std::size_t i = 0; i < points; ++i) {
    std::uint32_t product = std::uint32_t{set_[i]} * distances_[i];
    product = (product & 0xFFFFu) + (product >> 16);
    product = (product & 0xFFFFu) + (product >> 16);
    set_[i] = std::rotl(static_cast<std::uint16_t>(product), rotation);
  }
  kernels.walsh_hadamard(set_.data(), scratch_.data(), points);
  std::ranges::transform(places, logs.begin(), [this](std::uint32_t place) { return set_[place] % gf16::group_order; });
}

}  // namespace pf::fec
