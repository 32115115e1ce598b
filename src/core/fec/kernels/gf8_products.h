// Multiplication by a constant of GF(2^8) as instruction sets want it: tables of nibbles' products, and bit matrices.
#pragma once

#include <array>
#include <cstdint>

#include "core/fec/gf8.h"

namespace pf::fec {

/// For each constant: its products with 0 .. 15, then with 0, 16, 32 .. 240.
struct NibbleProducts {
  alignas(32) std::array<std::array<std::uint8_t, 32>, 256> of{};
  constexpr NibbleProducts() {
    for (unsigned constant = 0; constant < 256; ++constant) {
      auto& row = of[constant];
      auto power = static_cast<gf8::Element>(constant);
      for (unsigned bit = 0; bit < 8; ++bit, power = gf8::times_x(power)) {
        const unsigned base = bit < 4 ? 0 : 16;
        const unsigned step = 1u << (bit % 4);
        for (unsigned i = 0; i < step; ++i) row[base + step + i] = static_cast<std::uint8_t>(row[base + i] ^ power);
      }
    }
  }
};
inline constexpr NibbleProducts nibble_products;

/// For each constant the 8x8 matrix over GF(2) that GF2P8AFFINEQB takes: the row of output bit i is byte 7 - i.
struct BitMatrices {
  std::array<std::uint64_t, 256> of{};
  constexpr BitMatrices() {
    for (unsigned constant = 0; constant < 256; ++constant) {
      auto power = static_cast<gf8::Element>(constant);
      for (unsigned column = 0; column < 8; ++column, power = gf8::times_x(power)) {
        for (unsigned row = 0; row < 8; ++row) {
          if (((power >> row) & 1u) != 0) of[constant] |= std::uint64_t{1} << (8 * (7 - row) + column);
        }
      }
    }
  }
};
inline constexpr BitMatrices bit_matrices;

}  // namespace pf::fec
