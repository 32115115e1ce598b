#include "core/fec/gf16.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace pf::fec {
namespace {

TEST(Gf8, is_the_field_of_the_documented_polynomial) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      // By the definition: carry-less product, then the remainder modulo x^8 + x^4 + x^3 + x^2 + 1.
      unsigned product = 0;
      for (unsigned i = 0; i < 8; ++i) {
        if (((b >> i) & 1u) != 0) product ^= a << i;
      }
      for (unsigned i = 15; i >= 8; --i) {
        if (((product >> i) & 1u) != 0) product ^= 0x11Du << (i - 8);
      }
      ASSERT_EQ(gf8::multiply(static_cast<gf8::Element>(a), static_cast<gf8::Element>(b)), product) << a << " * " << b;
    }
    EXPECT_EQ(gf8::multiply(static_cast<gf8::Element>(a), gf8::inverse(static_cast<gf8::Element>(a))), a != 0 ? 1 : 0);
  }
}

TEST(Gf16, is_the_documented_extension_of_gf8) {
  const auto by_hand = [](gf16::Element a, gf16::Element b) {
    const auto low = [](gf16::Element e) { return static_cast<gf8::Element>(e & 255u); };
    const auto high = [](gf16::Element e) { return static_cast<gf8::Element>(e >> 8); };
    // Schoolbook, with Y^2 = Y + 0xE6.
    const auto constant = gf8::multiply(low(a), low(b));
    const unsigned linear = gf8::multiply(low(a), high(b)) ^ gf8::multiply(high(a), low(b));
    const auto square = gf8::multiply(high(a), high(b));
    return static_cast<gf16::Element>((constant ^ gf8::multiply(square, 0xE6)) | (linear ^ square) << 8);
  };
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const auto a = static_cast<gf16::Element>(random());
    const auto b = i < 1000 ? static_cast<gf16::Element>(i) : static_cast<gf16::Element>(random());
    ASSERT_EQ(gf16::multiply(a, b), by_hand(a, b)) << a << " * " << b;
  }
}

TEST(Gf16, logarithms_reach_every_element_but_zero) {
  std::vector<bool> seen(65'536);
  for (std::uint32_t i = 0; i < gf16::group_order; ++i) {
    const auto element = gf16::power(i);
    EXPECT_FALSE(seen[element]);
    seen[element] = true;
    ASSERT_EQ(gf16::log(element), i);
  }
  EXPECT_FALSE(seen[0]);
  EXPECT_EQ(gf16::power(gf16::group_order + 5), gf16::power(5));
}

TEST(Gf16, is_a_field) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<gf16::Element>(random());
    const auto b = static_cast<gf16::Element>(random());
    const auto c = static_cast<gf16::Element>(random());
    EXPECT_EQ(gf16::multiply(a, b), gf16::multiply(b, a));
    EXPECT_EQ(gf16::multiply(gf16::multiply(a, b), c), gf16::multiply(a, gf16::multiply(b, c)));
    EXPECT_EQ(gf16::multiply(a, static_cast<gf16::Element>(b ^ c)), gf16::multiply(a, b) ^ gf16::multiply(a, c));
    if (a != 0) {
      EXPECT_EQ(gf16::multiply(a, gf16::inverse(a)), 1);
    }
  }
}

TEST(Gf16, points_are_numbered_in_the_documented_basis) {
  EXPECT_EQ(gf16::basis[0], 1);
  for (std::size_t i = 0; i + 1 < gf16::basis.size(); ++i) {
    const auto next = gf16::basis[i + 1];
    EXPECT_EQ(gf16::multiply(next, next) ^ next, gf16::basis[i]);
    EXPECT_EQ(next & 1u, 0);
  }
  std::vector<bool> seen(65'536);
  for (std::uint32_t number = 0; number < 65'536; ++number) {
    gf16::Element sum = 0;
    for (unsigned bit = 0; bit < 16; ++bit) {
      if (((number >> bit) & 1u) != 0) sum ^= gf16::basis[bit];
    }
    ASSERT_EQ(gf16::point(number), sum);
    ASSERT_EQ(sum < 256, number < 256) << "the first 256 points are GF(2^8)";
    ASSERT_FALSE(seen[sum]);
    seen[sum] = true;
  }
}

TEST(Gf16, the_polynomial_that_vanishes_below_a_power_of_two_shifts_points) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 200; ++i) {
    const unsigned log = static_cast<unsigned>(random() % 8);
    const auto number = static_cast<std::uint32_t>(random() % 65'536);
    gf16::Element value = 1;
    for (std::uint32_t zero = 0; zero < 1u << log; ++zero) value = gf16::multiply(value, gf16::point(number ^ zero));
    EXPECT_EQ(value, gf16::point(number >> log));
  }
}

}  // namespace
}  // namespace pf::fec
