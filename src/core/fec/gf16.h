// Arithmetic in GF(2^16), built as GF(2^8)[Y] / (Y^2 + Y + v7): an element is low + high * Y, the low byte first, and
// its points, which a Cantor basis numbers (docs/fec.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/fec/gf8.h"

namespace pf::fec::gf16 {

using Element = std::uint16_t;

/// The basis in which points are numbered: v(0) = 1, and v(i+1) is the root of x^2 + x = v(i) whose lowest bit is
/// clear. The first eight span GF(2^8); v(8) is Y.
inline constexpr std::array<Element, 16> basis = {0x0001, 0x00D6, 0x0098, 0x0092, 0x0056, 0x00C8, 0x0058, 0x00E6,
                                                  0x0100, 0xD6F8, 0x98B0, 0x92E8, 0x56EC, 0xC830, 0x587C, 0xE6E6};
inline constexpr gf8::Element y_norm = 0xE6;  // v(7): Y^2 = Y + v(7)

/// Logarithms have a base that generates the group of all 65,535 elements but zero.
inline constexpr std::uint32_t group_order = 65'535;

Element multiply(Element a, Element b);
/// Below group_order. Precondition: a is not zero.
std::uint32_t log(Element a);
/// The base of the logarithms to the power of `exponent`, any number.
Element power(std::uint32_t exponent);
/// Precondition: a is not zero.
Element inverse(Element a);

namespace detail {

/// point() of each number below 256, shifted left by `shift`.
constexpr std::array<Element, 256> points(unsigned shift) {
  std::array<Element, 256> sums{};
  for (unsigned bit = 0; bit < 8; ++bit) {
    for (unsigned i = 0; i < 1u << bit; ++i) sums[(1u << bit) + i] = static_cast<Element>(sums[i] ^ basis[shift + bit]);
  }
  return sums;
}
inline constexpr auto low_points = points(0);
inline constexpr auto high_points = points(8);

}  // namespace detail

/// The element whose coordinates in the basis are the bits of `number`, which is below 65,536. The polynomial that
/// vanishes at the points below 2^j takes point(n) to point(n >> j).
constexpr Element point(std::uint32_t number) {
  return static_cast<Element>(detail::low_points[number & 255u] ^ detail::high_points[number >> 8]);
}

}  // namespace pf::fec::gf16
