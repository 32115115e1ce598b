// Arithmetic in GF(2^16) = GF(2)[x] / (x^16 + x^5 + x^3 + x^2 + 1), an element being the 16 coefficients, lowest first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pf::fec::gf16 {

using Element = std::uint16_t;

Element multiply(Element a, Element b);
/// Precondition: a is not zero.
Element inverse(Element a);

/// The products of one constant with every nibble in every place: what multiplying a whole shard by it looks up.
class Multiplier {
 public:
  explicit Multiplier(Element constant);

  /// out ^= constant * in, symbol by symbol. Both have the same even size, and do not overlap.
  void add_product(std::span<const std::byte> in, std::span<std::byte> out) const;

 private:
  std::array<std::array<Element, 16>, 4> products_;
};

/// out ^= in.
void add(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace pf::fec::gf16
