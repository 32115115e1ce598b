#include "core/fec/gf16.h"

namespace pf::fec::gf16 {
namespace {

constexpr Element generator = 0x0102;

constexpr Element multiply_by_definition(Element a, Element b) {
  const auto low_a = static_cast<gf8::Element>(a & 255u);
  const auto high_a = static_cast<gf8::Element>(a >> 8);
  const auto low_b = static_cast<gf8::Element>(b & 255u);
  const auto high_b = static_cast<gf8::Element>(b >> 8);
  const auto high = gf8::multiply(high_a, high_b);
  const unsigned low = gf8::multiply(low_a, low_b) ^ gf8::multiply(y_norm, high);
  return static_cast<Element>(
      low | static_cast<unsigned>(gf8::multiply(low_a, high_b) ^ gf8::multiply(high_a, low_b) ^ high) << 8);
}

struct Tables {
  std::array<std::uint16_t, 65'536> log{};  // of zero: never read
  // Twice round, so that a sum of two logarithms needs no reduction.
  std::array<Element, std::size_t{2} * group_order> power{};

  Tables() {
    Element element = 1;
    for (std::uint32_t i = 0; i < group_order; ++i) {
      log[element] = static_cast<std::uint16_t>(i);
      power[i] = power[i + group_order] = element;
      element = multiply_by_definition(element, generator);
    }
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

Element power(std::uint32_t exponent) {
  return tables().power[exponent % group_order];
}

Element inverse(Element a) {
  const auto& t = tables();
  return t.power[group_order - t.log[a]];
}

}  // namespace pf::fec::gf16
