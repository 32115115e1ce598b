#include "core/fec/additive_fft.h"

#include <array>

namespace pf::fec {
namespace {

using gf16::Element;

constexpr unsigned field_bits = 16;

struct Tables {
  // vanishing[j][i] = s_j(2^i); s_j is linear over GF(2), so this says all of it.
  std::array<std::array<Element, field_bits>, field_bits + 1> vanishing{};
  // skew[j][i] = s_j(2^i) / s_j(2^j).
  std::array<std::array<Element, field_bits>, field_bits> skew{};

  Tables() {
    for (unsigned i = 0; i < field_bits; ++i) vanishing[0][i] = static_cast<Element>(1u << i);
    for (unsigned j = 0; j < field_bits; ++j) {
      // s_{j+1}(x) = s_j(x) * (s_j(x) + s_j(2^j))
      for (unsigned i = 0; i < field_bits; ++i) {
        const auto s = vanishing[j][i];
        vanishing[j + 1][i] = gf16::multiply(s, static_cast<Element>(s ^ vanishing[j][j]));
      }
      const auto scale = gf16::inverse(vanishing[j][j]);
      for (unsigned i = 0; i < field_bits; ++i) skew[j][i] = gf16::multiply(vanishing[j][i], scale);
    }
  }
};

const Tables& tables() {
  static const Tables built;
  return built;
}

Element sum_of_bits(const std::array<Element, field_bits>& row, std::uint32_t bits) {
  Element sum = 0;
  for (unsigned i = 0; bits != 0; ++i, bits >>= 1) {
    if ((bits & 1u) != 0) sum ^= row[i];
  }
  return sum;
}

}  // namespace

void inverse_fft(const ShardRow& row, unsigned log_size, std::uint32_t offset, std::size_t filled) {
  const std::size_t size = std::size_t{1} << log_size;
  for (unsigned level = 0; level < log_size; ++level) {
    const std::size_t half = std::size_t{1} << level;
    // A group of zeros alone stays zero, and every other one starts below `filled`.
    for (std::size_t group = 0; group < size && group < filled; group += 2 * half) {
      const Element skew = sum_of_bits(tables().skew[level], offset + static_cast<std::uint32_t>(group));
      const gf16::Multiplier by_skew(skew);
      for (std::size_t i = group; i < group + half; ++i) {
        gf16::add(row[i], row[i + half]);
        if (skew != 0) by_skew.add_product(row[i + half], row[i]);
      }
    }
  }
}

void forward_fft(const ShardRow& row, unsigned log_size, std::uint32_t offset, std::size_t wanted) {
  const std::size_t size = std::size_t{1} << log_size;
  for (unsigned level = log_size; level-- > 0;) {
    const std::size_t half = std::size_t{1} << level;
    for (std::size_t group = 0; group < size && group < wanted; group += 2 * half) {
      const Element skew = sum_of_bits(tables().skew[level], offset + static_cast<std::uint32_t>(group));
      const gf16::Multiplier by_skew(skew);
      for (std::size_t i = group; i < group + half; ++i) {
        if (skew != 0) by_skew.add_product(row[i + half], row[i]);
        gf16::add(row[i], row[i + half]);
      }
    }
  }
}

Element vanishing_at(unsigned log, std::uint32_t point) {
  return sum_of_bits(tables().vanishing[log], point);
}

Element vanishing_slope(unsigned log) {
  // s_{j+1}' = s_j' * s_j(2^j), since squares have no derivative in characteristic 2.
  Element slope = 1;
  for (unsigned j = 0; j < log; ++j) slope = gf16::multiply(slope, tables().vanishing[j][j]);
  return slope;
}

}  // namespace pf::fec
