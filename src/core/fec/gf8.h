// Arithmetic in GF(2^8) = GF(2)[x] / (x^8 + x^4 + x^3 + x^2 + 1), an element being the 8 coefficients, lowest first.
#pragma once

#include <array>
#include <cstdint>

namespace pf::fec::gf8 {

using Element = std::uint8_t;

constexpr Element times_x(Element a) {
  return static_cast<Element>((a << 1) ^ ((a & 0x80u) != 0 ? 0x1D : 0));
}

constexpr Element multiply(Element a, Element b) {
  Element product = 0;
  for (; b != 0; b = static_cast<Element>(b >> 1), a = times_x(a)) {
    if ((b & 1u) != 0) product = static_cast<Element>(product ^ a);
  }
  return product;
}

/// Of zero: zero.
constexpr Element inverse(Element a) {
  // a^254, as the group has 255 elements.
  Element result = 1;
  for (unsigned exponent = 254; exponent != 0; exponent >>= 1, a = multiply(a, a)) {
    if ((exponent & 1u) != 0) result = multiply(result, a);
  }
  return result;
}

}  // namespace pf::fec::gf8
