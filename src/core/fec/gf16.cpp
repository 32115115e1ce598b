#include "core/fec/gf16.h"

#include <bit>
#include <cstring>

namespace pf::fec::gf16 {
namespace {

static_assert(std::endian::native == std::endian::little,
              "shards are rows of little-endian symbols, read as they lie in memory");

constexpr std::uint32_t polynomial = 0x1002D;

constexpr Element times_x(Element a) {
  const auto wide = static_cast<std::uint32_t>(a) << 1;
  return static_cast<Element>((wide & 0x10000u) != 0 ? wide ^ polynomial : wide);
}

constexpr Element multiply_slowly(Element a, Element b) {
  Element product = 0;
  for (; b != 0; b = static_cast<Element>(b >> 1)) {
    if ((b & 1u) != 0) product ^= a;
    a = times_x(a);
  }
  return product;
}

}  // namespace

Element multiply(Element a, Element b) {
  return multiply_slowly(a, b);
}

Element inverse(Element a) {
  // a^(2^16 - 2), by Fermat: the product of a^2, a^4, ... a^(2^15).
  Element result = 1;
  for (int i = 1; i < 16; ++i) {
    a = multiply(a, a);
    result = multiply(result, a);
  }
  return result;
}

Multiplier::Multiplier(Element constant) : products_{} {
  for (auto& table : products_) {
    for (std::size_t bit = 1; bit < 16; bit <<= 1) {
      table[bit] = constant;
      constant = times_x(constant);
    }
    for (std::size_t i = 1; i < 16; ++i) {
      const std::size_t low = i & (~i + 1);
      if (low != i) table[i] = static_cast<Element>(table[low] ^ table[i ^ low]);
    }
  }
}

void Multiplier::add_product(std::span<const std::byte> in, std::span<std::byte> out) const {
  for (std::size_t i = 0; i + 1 < in.size(); i += 2) {
    Element x = 0;
    Element y = 0;
    std::memcpy(&x, in.data() + i, 2);
    std::memcpy(&y, out.data() + i, 2);
    y = static_cast<Element>(y ^ products_[0][x & 15u] ^ products_[1][(x >> 4) & 15u] ^ products_[2][(x >> 8) & 15u] ^
                             products_[3][x >> 12]);
    std::memcpy(out.data() + i, &y, 2);
  }
}

void add(std::span<const std::byte> in, std::span<std::byte> out) {
  for (std::size_t i = 0; i < in.size(); ++i) out[i] ^= in[i];
}

}  // namespace pf::fec::gf16
