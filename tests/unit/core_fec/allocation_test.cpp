// The frame path allocates nothing: a second block of a shape must find all its memory there.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "core/fec/reed_solomon16.h"
#include "support/allocation_meter.h"

namespace pf::fec {
namespace {

TEST(ReedSolomon16, a_second_block_allocates_nothing) {
  constexpr std::size_t data_count = 200;
  constexpr std::size_t parity_count = 40;
  constexpr std::size_t size = 64;
  std::vector<std::byte> memory((data_count + parity_count) * size, std::byte{7});
  std::vector<std::byte*> shards;
  for (std::size_t i = 0; i < data_count + parity_count; ++i) shards.push_back(memory.data() + i * size);
  const std::vector<const std::byte*> data(shards.begin(), shards.begin() + data_count);
  const auto run = [&](ReedSolomon16& codec, const std::vector<std::uint8_t>& present) {
    const bool encoded = codec.encode(data, std::span(shards).subspan(data_count), size).has_value();
    return encoded && codec.decode(shards, present, data_count, size).has_value();
  };

  ReedSolomon16 codec;
  for (const auto lost : std::array<std::size_t, 2>{1, 40}) {
    std::vector<std::uint8_t> present(shards.size(), 1);
    std::fill_n(present.begin(), lost, std::uint8_t{0});
    ASSERT_TRUE(run(codec, present));
    const auto before = test::allocations().count;
    const bool again = run(codec, present);
    EXPECT_EQ(test::allocations().count, before);
    EXPECT_TRUE(again);
  }
}

}  // namespace
}  // namespace pf::fec
