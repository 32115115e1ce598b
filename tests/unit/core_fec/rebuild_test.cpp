// The two ways to rebuild, each by itself: the codec picks one by its cost, and tests must not depend on which.
#include "core/fec/rebuild.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <vector>

#include "core/fec/locator.h"
#include "core/fec/parity.h"

namespace pf::fec {
namespace {

using Way = void (*)(const DamagedBlock&, WorkMemory&);

class Rebuild : public testing::TestWithParam<Way> {};

TEST_P(Rebuild, brings_back_random_losses_of_random_blocks) {
  std::mt19937_64 random(21);
  WorkMemory memory;
  for (int run = 0; run < 300; ++run) {
    const BlockShape shape(1 + random() % 150, 1 + random() % 70);
    const std::size_t size = 2 + 2 * (random() % 12);
    std::vector<std::vector<std::byte>> shards(shape.data_count + shape.parity_count, std::vector<std::byte>(size));
    std::vector<std::byte*> pointers;
    for (auto& shard : shards) {
      for (auto& byte : shard) byte = static_cast<std::byte>(random());
      pointers.push_back(shard.data());
    }
    parity_of_present(shape, std::span(pointers).first(shape.data_count), {}, size, memory);
    for (std::size_t i = 0; i < shape.parity_count; ++i)
      std::copy_n(memory.sum.begin() + static_cast<std::ptrdiff_t>(i * size), size,
                  shards[shape.data_count + i].begin());
    const auto whole = shards;

    // At least one data shard, then any others.
    std::vector<std::uint8_t> present(shards.size(), 1);
    present[random() % shape.data_count] = 0;
    for (auto more = random() % shape.parity_count; more > 0; --more) present[random() % present.size()] = 0;
    std::vector<std::uint32_t> lost;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      if (present[i] != 0) continue;
      std::ranges::fill(shards[i], std::byte{0xEE});
      if (i < shape.data_count) {
        lost.push_back(static_cast<std::uint32_t>(i));
      } else {
        pointers[i] = nullptr;
      }
    }

    GetParam()({shape, pointers, present, size, lost}, memory);
    for (std::size_t i = 0; i < shape.data_count; ++i)
      ASSERT_EQ(shards[i], whole[i]) << i << " of " << shape.data_count << "+" << shape.parity_count;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, Rebuild, testing::Values(rebuild_few, rebuild_many),
                         [](const auto& way) { return way.index == 0 ? "few" : "many"; });

TEST(Locator, is_the_product_of_distances) {
  std::mt19937_64 random(22);
  std::vector<std::uint32_t> scratch;
  for (const auto points : std::array<std::size_t, 5>{2, 8, 64, 1024, 65'536}) {
    const auto member_every = 1 + random() % 5;
    std::vector<std::uint32_t> set(points);
    for (auto& member : set) member = random() % member_every == 0 ? 1 : 0;
    auto logs = set;
    locate(logs, scratch);
    for (int sample = 0; sample < 20; ++sample) {
      const auto point = static_cast<std::uint32_t>(random() % points);
      gf16::Element product = 1;
      for (std::uint32_t member = 0; member < points; ++member) {
        if (set[member] != 0 && member != point)
          product = gf16::multiply(product, static_cast<gf16::Element>(member ^ point));
      }
      ASSERT_EQ(gf16::power_of_x(logs[point]), product) << point << " of " << points;
    }
  }
}

}  // namespace
}  // namespace pf::fec
