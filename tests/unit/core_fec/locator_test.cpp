#include "core/fec/locator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "core/fec/gf16.h"

namespace pf::fec {
namespace {

TEST(Locator, is_the_product_of_distances) {
  std::mt19937_64 random(22);
  for (const auto* kernels : usable_kernels()) {
    Locator locator;
    for (const auto points : std::array<std::size_t, 7>{2, 8, 64, 64, 1024, 16'384, 65'536}) {
      for (const std::size_t gap_every : {2, 3, 50}) {
        std::vector<std::uint32_t> gaps;
        for (std::uint32_t point = 0; point < points; ++point) {
          if (random() % gap_every == 0) gaps.push_back(point);
        }
        std::vector<std::uint32_t> places(points);
        for (std::uint32_t i = 0; i < points; ++i) places[i] = i;
        std::vector<std::uint32_t> logs(points);
        locator.locate(gaps, places, points, logs, *kernels);
        for (int sample = 0; sample < 20; ++sample) {
          const auto place = static_cast<std::uint32_t>(random() % points);
          gf16::Element product = 1;
          for (const auto gap : gaps) {
            if (gap != place) product = gf16::multiply(product, gf16::point(gap ^ place));
          }
          ASSERT_EQ(gf16::power(logs[place]), product) << kernels->name << ": " << place << " of " << points;
        }
      }
    }
  }
}

TEST(Locator, is_the_same_for_a_few_places) {
  std::mt19937_64 random(23);
  constexpr std::size_t points = 1024;
  std::vector<std::uint32_t> gaps;
  for (std::uint32_t point = 0; point < points; point += 1 + static_cast<std::uint32_t>(random() % 40))
    gaps.push_back(point);
  std::vector<std::uint32_t> all(points);
  for (std::uint32_t i = 0; i < points; ++i) all[i] = i;
  std::vector<std::uint32_t> logs(points);
  Locator locator;
  locator.locate(gaps, all, points, logs, *usable_kernels().front());
  for (std::uint32_t point = 0; point < points; ++point) {
    std::vector<std::uint32_t> log(1);
    locator.locate(gaps, std::span(&point, 1), points, log, *usable_kernels().front());
    ASSERT_EQ(log[0], logs[point]) << point;
  }
}

}  // namespace
}  // namespace pf::fec
