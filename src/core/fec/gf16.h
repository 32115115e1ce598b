// Arithmetic in GF(2^16) = GF(2)[x] / (x^16 + x^5 + x^3 + x^2 + 1), an element being the 16 coefficients, lowest first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pf::fec::gf16 {

using Element = std::uint16_t;

/// Logarithms have the base x, which generates the group of all 65,535 elements but zero.
inline constexpr std::uint32_t group_order = 65'535;

Element multiply(Element a, Element b);
/// Below group_order. Precondition: a is not zero.
std::uint32_t log(Element a);
/// x to the power of `exponent`, any number.
Element power_of_x(std::uint32_t exponent);
/// Precondition: a is not zero.
Element inverse(Element a);

/// The products of one constant with every low and every high byte: what multiplying a whole shard by it looks up.
class Multiplier {
 public:
  explicit Multiplier(Element constant);

  /// out ^= constant * in, symbol by symbol. Both have the same even size, and do not overlap.
  void add_product(std::span<const std::byte> in, std::span<std::byte> out) const;

 private:
  std::array<std::array<Element, 256>, 2> products_;
};

/// out ^= in.
void add(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace pf::fec::gf16
