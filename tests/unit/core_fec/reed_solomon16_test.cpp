#include "core/fec/reed_solomon16.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <random>
#include <vector>

#include "core/fec/gf16.h"
#include "support/hex.h"
#include "unit/core_fec/shards.h"

namespace pf::fec {
namespace {

using test::pointers;
using test::random_shards;
using test::Shards;
using test::symbol_at;

Shards parity_of(ReedSolomon16& codec, const Shards& data, std::size_t parity, std::size_t size) {
  Shards out(parity, std::vector<std::byte>(size));
  EXPECT_TRUE(codec.encode(pointers<const std::byte*>(data), pointers<std::byte*>(out), size));
  return out;
}

/// Encodes, loses `lost` shards at random, rebuilds, compares.
void round_trip(std::size_t data_count, std::size_t parity_count, std::size_t lost, std::size_t size,
                std::mt19937_64& random) {
  SCOPED_TRACE(testing::Message() << data_count << "+" << parity_count << " lost " << lost << " size " << size);
  ReedSolomon16 codec;
  const auto data = random_shards(data_count, size, random);
  Shards all = data;
  const auto parity = parity_of(codec, data, parity_count, size);
  all.insert(all.end(), parity.begin(), parity.end());

  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  std::vector<std::uint8_t> present(all.size(), 1);
  for (std::size_t i = 0; i < lost; ++i) {
    present[order[i]] = 0;
    std::fill(all[order[i]].begin(), all[order[i]].end(), std::byte{0xEE});
  }
  const auto decoded = codec.decode(pointers<std::byte*>(all), present, data_count, size);
  ASSERT_TRUE(decoded) << decoded.error().message;
  for (std::size_t i = 0; i < data_count; ++i) ASSERT_EQ(all[i], data[i]) << i;
}

// docs/fec.md, "As a matrix".
TEST(ReedSolomon16, is_the_code_that_the_page_describes) {
  using gf16::Element;
  std::mt19937_64 random(5);
  for (const auto& [data_count, parity_count] :
       {std::pair<std::size_t, std::size_t>{1, 1}, {3, 2}, {5, 4}, {2, 7}, {20, 5}, {33, 8}, {300, 3}, {260, 40}}) {
    ReedSolomon16 codec;
    const auto data = random_shards(data_count, 2, random);
    const auto parity = parity_of(codec, data, parity_count, 2);
    const std::size_t width = std::bit_ceil(parity_count);
    for (std::size_t r = 0; r < parity_count; ++r) {
      Element expected = 0;
      for (std::size_t i = 0; i < data_count; ++i) {
        const auto d = static_cast<std::uint32_t>(width + i);
        // s(d), s vanishing at the points 0 .. width-1.
        Element value = 1;
        for (std::uint32_t zero = 0; zero < width; ++zero) value = gf16::multiply(value, gf16::point(d ^ zero));
        const auto distance = gf16::point(static_cast<std::uint32_t>(r) ^ d);
        expected ^= gf16::multiply(gf16::multiply(value, gf16::inverse(distance)), symbol_at(data[i], 0));
      }
      EXPECT_EQ(symbol_at(parity[r], 0), expected) << data_count << "+" << parity_count << " row " << r;
    }
  }
}

// docs/fec.md, "The code": one polynomial through all data points and the zeros after them, by plain interpolation.
TEST(ReedSolomon16, parity_lies_on_the_polynomial_through_the_data) {
  using gf16::Element;
  std::mt19937_64 random(12);
  for (int run = 0; run < 40; ++run) {
    const std::size_t data_count = 1 + random() % 30;
    const std::size_t parity_count = 1 + random() % 20;
    ReedSolomon16 codec;
    const auto data = random_shards(data_count, 2, random);
    const auto parity = parity_of(codec, data, parity_count, 2);
    const auto first = static_cast<std::uint32_t>(std::bit_ceil(parity_count));
    const auto points = static_cast<std::uint32_t>(std::bit_ceil(first + data_count));
    for (std::uint32_t r = 0; r < parity_count; ++r) {
      Element value = 0;
      for (std::uint32_t i = 0; i < data_count; ++i) {
        Element above = symbol_at(data[i], 0);
        Element below = 1;
        for (std::uint32_t other = first; other < points; ++other) {
          if (other == first + i) continue;
          above = gf16::multiply(above, gf16::point(r ^ other));
          below = gf16::multiply(below, gf16::point((first + i) ^ other));
        }
        value ^= gf16::multiply(above, gf16::inverse(below));
      }
      ASSERT_EQ(symbol_at(parity[r], 0), value) << data_count << "+" << parity_count << " row " << r;
    }
  }
}

// Worked out by a program of a few lines in another language, from docs/fec.md alone.
TEST(ReedSolomon16, gives_the_documented_parity) {
  const Shards data = {test::hex("01020304"), test::hex("11121314"), test::hex("21222324")};
  const std::vector<std::vector<const char*>> expected = {
      {"31323334"},
      {"b3069e71", "8234ad45"},
      {"9b30a27b", "63afeb2a", "651fc2eb"},
      {"aa1c856d", "448bce08", "64d149a6", "53fb68b6", "631ac6e8"},
  };
  ReedSolomon16 codec;
  for (const auto& rows : expected) {
    const auto parity = parity_of(codec, data, rows.size(), 4);
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(parity[i], test::hex(rows[i])) << rows.size() << ", " << i;
  }

  // Beyond GF(2^8): 300 shards of the bytes i mod 251, 7i, 31i, i / 251.
  Shards many;
  for (unsigned i = 0; i < 300; ++i) {
    many.push_back({static_cast<std::byte>(i % 251), static_cast<std::byte>(7 * i), static_cast<std::byte>(31 * i),
                    static_cast<std::byte>(i / 251)});
  }
  EXPECT_EQ(parity_of(codec, many, 3, 4),
            (Shards{test::hex("b65d18d2"), test::hex("f5b658c8"), test::hex("490af746")}));
}

TEST(ReedSolomon16, any_loss_up_to_parity_is_rebuilt) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 400; ++i) {
    const std::size_t data = 1 + random() % 120;
    const std::size_t parity = random() % 60;
    round_trip(data, parity, random() % (parity + 1), 2 + 2 * (random() % 40), random);
  }
}

TEST(ReedSolomon16, the_shapes_of_real_frames_are_rebuilt) {
  std::mt19937_64 random(7);
  round_trip(1, 2, 2, 1160, random);
  round_trip(1000, 200, 200, 64, random);
  round_trip(8000, 1600, 40, 16, random);
  round_trip(8000, 1600, 1600, 16, random);
  round_trip(1, 0, 0, 2, random);
  round_trip(3, 200, 200, 18, random);
}

TEST(ReedSolomon16, the_largest_blocks_are_rebuilt) {
  std::mt19937_64 random(8);
  round_trip(65'535 - 512, 512, 20, 2, random);
  round_trip(65'535 - 512, 512, 512, 2, random);
  round_trip(32'767, 32'768, 32'768, 2, random);
  round_trip(1, 65'534 / 2, 65'534 / 2, 2, random);
  round_trip(65'535, 0, 0, 2, random);
}

TEST(ReedSolomon16, one_codec_serves_blocks_of_every_shape_in_turn) {
  std::mt19937_64 random(13);
  ReedSolomon16 codec;
  for (int i = 0; i < 100; ++i) {
    const std::size_t size = 2 + 2 * (random() % 30);
    const std::size_t data_count = 1 + random() % 100;
    const std::size_t parity_count = 1 + random() % 50;
    const auto data = random_shards(data_count, size, random);
    const auto parity = parity_of(codec, data, parity_count, size);
    ReedSolomon16 fresh;
    ASSERT_EQ(parity, parity_of(fresh, data, parity_count, size));
    auto all = data;
    all.insert(all.end(), parity.begin(), parity.end());
    std::vector<std::uint8_t> present(all.size(), 1);
    for (std::size_t lost = 0; lost < std::min(data_count, parity_count); ++lost) {
      present[lost] = 0;
      all[lost].assign(size, std::byte{0});
    }
    ASSERT_TRUE(codec.decode(pointers<std::byte*>(all), present, data_count, size));
    ASSERT_TRUE(std::equal(data.begin(), data.end(), all.begin()));
  }
}

TEST(ReedSolomon16, too_few_shards_are_said_to_be_too_few) {
  std::mt19937_64 random(9);
  ReedSolomon16 codec;
  auto data = random_shards(4, 8, random);
  auto parity = parity_of(codec, data, 2, 8);
  data.insert(data.end(), parity.begin(), parity.end());
  const std::vector<std::uint8_t> present{0, 0, 0, 1, 1, 1};
  const auto decoded = codec.decode(pointers<std::byte*>(data), present, 4, 8);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::exhausted);

  const std::vector<std::uint8_t> no_parity{1, 1, 0, 1};
  data.resize(4);
  const auto without = codec.decode(pointers<std::byte*>(data), no_parity, 4, 8);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ErrorCode::exhausted);
}

TEST(ReedSolomon16, what_arrived_is_left_as_it_is) {
  std::mt19937_64 random(14);
  ReedSolomon16 codec;
  for (const auto lost : std::array<std::size_t, 2>{1, 16}) {
    auto shards = random_shards(40, 8, random);
    const auto parity = parity_of(codec, shards, 16, 8);
    shards.insert(shards.end(), parity.begin(), parity.end());
    const auto before = shards;
    std::vector<std::uint8_t> present(shards.size(), 1);
    for (std::size_t i = 0; i < lost; ++i) {
      present[2 * i] = 0;
      shards[2 * i].assign(8, std::byte{0});
    }
    ASSERT_TRUE(codec.decode(pointers<std::byte*>(shards), present, 40, 8));
    EXPECT_EQ(shards, before);
  }
}

TEST(ReedSolomon16, missing_parity_needs_no_memory) {
  std::mt19937_64 random(10);
  ReedSolomon16 codec;
  const auto data = random_shards(4, 8, random);
  auto parity = parity_of(codec, data, 2, 8);
  auto damaged = data;
  damaged[2].assign(8, std::byte{0});
  std::vector<std::byte*> shards = pointers<std::byte*>(damaged);
  shards.push_back(nullptr);
  shards.push_back(parity[1].data());
  const std::vector<std::uint8_t> present{1, 1, 0, 1, 0, 1};
  ASSERT_TRUE(codec.decode(shards, present, 4, 8));
  EXPECT_EQ(damaged[2], data[2]);
}

TEST(ReedSolomon16, impossible_blocks_are_refused) {
  ReedSolomon16 codec;
  std::vector<std::byte> shard(8);
  const std::vector<const std::byte*> one{shard.data()};
  std::vector<std::byte*> out{shard.data()};
  EXPECT_FALSE(codec.encode({}, out, 8));
  EXPECT_FALSE(codec.encode(one, out, 7));
  EXPECT_FALSE(codec.encode(one, out, 0));
  const std::vector<std::uint8_t> present{1, 1};
  const std::vector<std::byte*> two{shard.data(), shard.data()};
  for (const auto& refused : {codec.decode(two, present, 0, 8), codec.decode(two, present, 3, 8),
                              codec.decode(two, std::span(present).first(1), 1, 8), codec.decode(two, present, 1, 7),
                              codec.decode(two, present, 1, 0), codec.decode({}, {}, 0, 8)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(block_fits(60'000, 6'000));
  EXPECT_FALSE(block_fits(0, 1));
  EXPECT_TRUE(block_fits(65'535, 0));
  EXPECT_FALSE(block_fits(65'535, 1));
  EXPECT_TRUE(block_fits(32'767, 32'768));
}

}  // namespace
}  // namespace pf::fec
