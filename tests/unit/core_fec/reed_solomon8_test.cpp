#include "core/fec/reed_solomon8.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/fec/kernels/kernels.h"
#include "support/allocation_meter.h"
#include "support/hex.h"
#include "unit/core_fec/shards.h"

namespace pf::fec {
namespace {

using test::pointers;
using test::random_shards;
using test::Shards;

/// Byte j of data shard i is 37 i + 11 j + 5, modulo 256.
Shards vector_data(std::size_t count) {
  Shards shards;
  for (std::size_t i = 0; i < count; ++i) {
    shards.emplace_back();
    for (std::size_t j = 0; j < 8; ++j) shards.back().push_back(static_cast<std::byte>(37 * i + 11 * j + 5));
  }
  return shards;
}

Shards parity_of(ReedSolomon8& codec, const Shards& data, std::size_t count) {
  Shards parity(count, std::vector<std::byte>(data[0].size()));
  EXPECT_TRUE(codec.encode(pointers<const std::byte*>(data), pointers<std::byte*>(parity), data[0].size()));
  return parity;
}

// docs/fec.md, "GameStream's codes": made by the code that Moonlight's clients decode with.
TEST(ReedSolomon8, gives_the_parity_that_moonlight_knows) {
  struct Vector {
    std::size_t data, parity;
    const char* first;
    const char* last;
  };
  ReedSolomon8 codec(GameStreamCode::video);
  for (const auto& known :
       {Vector{1, 1, "05101b26313c4752", "05101b26313c4752"}, Vector{3, 2, "bb8316367365ea23", "a77dc30b2326775c"},
        Vector{10, 4, "0ffbb722f129477c", "7392d0905a92a158"}, Vector{100, 20, "c619a0791555e139", "e1186becd7faac4d"},
        Vector{200, 55, "854aa41301035504", "7a78c669d606f48f"}}) {
    const auto parity = parity_of(codec, vector_data(known.data), known.parity);
    EXPECT_EQ(parity.front(), test::hex(known.first)) << known.data << "+" << known.parity;
    EXPECT_EQ(parity.back(), test::hex(known.last)) << known.data << "+" << known.parity;
  }
  ReedSolomon8 audio(GameStreamCode::audio);
  EXPECT_EQ(parity_of(audio, vector_data(4), 2),
            (Shards{test::hex("958efa897f7352fc"), test::hex("ab00043b7b3e09db")}));
}

void lose_and_rebuild(ReedSolomon8& codec, Shards all, std::size_t data_count, std::size_t lost,
                      std::mt19937_64& random) {
  const auto whole = all;
  std::vector<std::uint8_t> present(all.size(), 1);
  std::fill_n(present.begin(), lost, std::uint8_t{0});
  std::ranges::shuffle(present, random);
  auto shards = pointers<std::byte*>(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (present[i] != 0) continue;
    std::ranges::fill(all[i], std::byte{0xEE});
    if (i >= data_count) shards[i] = nullptr;
  }
  ASSERT_TRUE(codec.decode(shards, present, data_count, all[0].size()));
  for (std::size_t i = 0; i < data_count; ++i) ASSERT_EQ(all[i], whole[i]) << i;
}

TEST(ReedSolomon8, any_loss_up_to_parity_is_rebuilt) {
  std::mt19937_64 random(41);
  for (const auto* kernels : usable_kernels()) {
    ReedSolomon8 codec(GameStreamCode::video, *kernels);
    for (int run = 0; run < 100; ++run) {
      const std::size_t data_count = 1 + random() % 200;
      const std::size_t parity_count = 1 + random() % std::min<std::size_t>(255 - data_count, 60);
      auto all = random_shards(data_count, 1 + random() % 300, random);
      const auto parity = parity_of(codec, all, parity_count);
      all.insert(all.end(), parity.begin(), parity.end());
      SCOPED_TRACE(testing::Message() << kernels->name << " " << data_count << "+" << parity_count);
      lose_and_rebuild(codec, all, data_count, random() % (parity_count + 1), random);
    }
  }
}

TEST(ReedSolomon8, any_two_audio_packets_are_rebuilt) {
  std::mt19937_64 random(42);
  ReedSolomon8 codec(GameStreamCode::audio);
  auto all = random_shards(4, 77, random);
  const auto parity = parity_of(codec, all, 2);
  all.insert(all.end(), parity.begin(), parity.end());
  for (std::size_t first = 0; first < 6; ++first) {
    for (std::size_t second = 0; second < first; ++second) {
      std::vector<std::uint8_t> present(6, 1);
      present[first] = present[second] = 0;
      auto damaged = all;
      damaged[first].assign(77, std::byte{0});
      damaged[second].assign(77, std::byte{0});
      ASSERT_TRUE(codec.decode(pointers<std::byte*>(damaged), present, 4, 77));
      EXPECT_TRUE(std::equal(all.begin(), all.begin() + 4, damaged.begin())) << first << ", " << second;
    }
  }
}

TEST(ReedSolomon8, impossible_blocks_are_refused) {
  std::vector<std::byte> shard(8);
  const std::vector<const std::byte*> data(256, shard.data());
  const std::vector<std::byte*> shards(256, shard.data());
  ReedSolomon8 video(GameStreamCode::video);
  ReedSolomon8 audio(GameStreamCode::audio);
  const auto some = std::span(data);
  const auto out = std::span(shards);
  for (const auto& refused :
       {video.encode({}, out.first(1), 8), video.encode(some.first(1), out.first(1), 0),
        video.encode(some.first(200), out.first(56), 8), audio.encode(some.first(4), out.first(1), 8),
        audio.encode(some.first(5), out.first(2), 8), video.decode(out.first(3), std::vector<std::uint8_t>(2, 1), 2, 8),
        video.decode(out.first(2), std::vector<std::uint8_t>(2, 1), 3, 8)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
  const auto too_few = video.decode(out.first(4), std::vector<std::uint8_t>{0, 0, 1, 0}, 2, 8);
  ASSERT_FALSE(too_few);
  EXPECT_EQ(too_few.error().code, ErrorCode::exhausted);
}

TEST(ReedSolomon8, a_second_block_allocates_nothing) {
  std::mt19937_64 random(43);
  auto shards = random_shards(120, 64, random);
  const auto all = pointers<std::byte*>(shards);
  const std::vector<const std::byte*> data(all.begin(), all.begin() + 100);
  std::vector<std::uint8_t> present(120, 1);
  std::fill_n(present.begin(), 20, std::uint8_t{0});
  ReedSolomon8 codec(GameStreamCode::video);
  const auto run = [&] {
    return codec.encode(data, std::span(all).subspan(100), 64) && codec.decode(all, present, 100, 64);
  };
  ASSERT_TRUE(run());
  const auto before = test::allocations().count;
  const bool again = run();
  EXPECT_EQ(test::allocations().count, before);
  EXPECT_TRUE(again);
}

}  // namespace
}  // namespace pf::fec
