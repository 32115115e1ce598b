#include "core/fec/gf16.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "unit/core_fec/shards.h"

namespace pf::fec {
namespace {

using test::random_shards;
using test::symbol_at;

TEST(Gf16, is_the_field_of_the_documented_polynomial) {
  // By the definition: carry-less product, then the remainder modulo x^16 + x^5 + x^3 + x^2 + 1.
  const auto by_hand = [](gf16::Element a, gf16::Element b) {
    std::uint64_t product = 0;
    for (unsigned i = 0; i < 16; ++i) {
      if (((b >> i) & 1u) != 0) product ^= static_cast<std::uint64_t>(a) << i;
    }
    for (unsigned i = 31; i >= 16; --i) {
      if (((product >> i) & 1u) != 0) product ^= std::uint64_t{0x1002D} << (i - 16);
    }
    return static_cast<gf16::Element>(product);
  };
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const auto a = static_cast<gf16::Element>(random());
    const auto b = i < 100 ? static_cast<gf16::Element>(i) : static_cast<gf16::Element>(random());
    ASSERT_EQ(gf16::multiply(a, b), by_hand(a, b)) << a << " * " << b;
  }
}

TEST(Gf16, powers_of_x_reach_every_element_but_zero) {
  std::vector<bool> seen(65'536);
  for (std::uint32_t i = 0; i < gf16::group_order; ++i) {
    const auto element = gf16::power_of_x(i);
    EXPECT_FALSE(seen[element]);
    seen[element] = true;
    ASSERT_EQ(gf16::log(element), i);
  }
  EXPECT_FALSE(seen[0]);
  EXPECT_EQ(gf16::power_of_x(gf16::group_order + 5), gf16::power_of_x(5));
}

TEST(Gf16, is_a_field) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<gf16::Element>(random());
    const auto b = static_cast<gf16::Element>(random());
    const auto c = static_cast<gf16::Element>(random());
    EXPECT_EQ(gf16::multiply(a, b), gf16::multiply(b, a));
    EXPECT_EQ(gf16::multiply(a, static_cast<gf16::Element>(b ^ c)), gf16::multiply(a, b) ^ gf16::multiply(a, c));
    if (a != 0) {
      EXPECT_EQ(gf16::multiply(a, gf16::inverse(a)), 1);
    }
  }
}

TEST(Gf16, multiplies_shards_as_it_multiplies_elements) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 200; ++i) {
    const auto constant = static_cast<gf16::Element>(random());
    const auto in = random_shards(1, 2 + 2 * (random() % 40), random)[0];
    const auto before = random_shards(1, in.size(), random)[0];
    auto out = before;
    gf16::Multiplier(constant).add_product(in, out);
    for (std::size_t at = 0; at < in.size(); at += 2) {
      const auto product = gf16::multiply(constant, symbol_at(in, at));
      EXPECT_EQ(symbol_at(out, at), symbol_at(before, at) ^ product);
    }
  }
}

}  // namespace
}  // namespace pf::fec
