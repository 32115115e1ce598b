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

struct Tables {
  std::array<std::uint16_t, 65'536> log{};  // of zero: group_order, and never read
  std::array<Element, std::size_t{2} * group_order>
      power{};  // twice round, so that a sum of two logarithms needs no reduction

  Tables() {
    Element element = 1;
    for (std::uint32_t i = 0; i < group_order; ++i) {
      log[element] = static_cast<std::uint16_t>(i);
      power[i] = power[i + group_order] = element;
      element = times_x(element);
    }
    log[0] = static_cast<std::uint16_t>(group_order);
  }
};

const Tables& tables() {
  static const Tables built;
  return built;
}

}  // namespace

Element multiply(Element a, Element b) {
  if (a == 0 || b == 0) return 0;
  const auto& t = tables();
  return t.power[std::uint32_t{t.log[a]} + t.log[b]];
}

std::uint32_t log(Element a) {
  return tables().log[a];
}

Element power_of_x(std::uint32_t exponent) {
  return tables().power[exponent % group_order];
}

Element inverse(Element a) {
  const auto& t = tables();
  return t.power[group_order - t.log[a]];
}

Multiplier::Multiplier(Element constant) {
  for (auto& table : products_) {
    table[0] = 0;
    // Each bit doubles the part of the table that is known.
    for (std::size_t bit = 1; bit < table.size(); bit *= 2) {
      for (std::size_t i = 0; i < bit; ++i) table[bit + i] = static_cast<Element>(table[i] ^ constant);
      constant = times_x(constant);
    }
  }
}

void Multiplier::add_product(std::span<const std::byte> in, std::span<std::byte> out) const {
  const auto product = [this](std::uint64_t symbols) {
    return static_cast<std::uint64_t>(products_[0][symbols & 255u] ^ products_[1][(symbols >> 8) & 255u]);
  };
  std::size_t i = 0;
  for (; i + 8 <= in.size(); i += 8) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, in.data() + i, 8);
    std::memcpy(&y, out.data() + i, 8);
    y ^= product(x) | product(x >> 16) << 16 | product(x >> 32) << 32 | product(x >> 48) << 48;
    std::memcpy(out.data() + i, &y, 8);
  }
  for (; i + 2 <= in.size(); i += 2) {
    Element x = 0;
    Element y = 0;
    std::memcpy(&x, in.data() + i, 2);
    std::memcpy(&y, out.data() + i, 2);
    y = static_cast<Element>(y ^ product(x));
    std::memcpy(out.data() + i, &y, 2);
  }
}

void add(std::span<const std::byte> in, std::span<std::byte> out) {
  for (std::size_t i = 0; i < in.size(); ++i) out[i] ^= in[i];
}

}  // namespace pf::fec::gf16
