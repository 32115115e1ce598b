#include "core/fec/reed_solomon16.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <random>
#include <vector>

#include "core/fec/gf16.h"

namespace pf::fec {
namespace {

using Shards = std::vector<std::vector<std::byte>>;

Shards random_shards(std::size_t count, std::size_t size, std::mt19937_64& random) {
  Shards shards(count, std::vector<std::byte>(size));
  for (auto& shard : shards) {
    for (auto& byte : shard) byte = static_cast<std::byte>(random());
  }
  return shards;
}

template <class Pointer>
std::vector<Pointer> pointers(auto& shards) {
  std::vector<Pointer> out;
  for (auto& shard : shards) out.push_back(shard.data());
  return out;
}

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
    const auto x = static_cast<gf16::Element>(random());
    const std::array<std::byte, 2> in{static_cast<std::byte>(x & 255), static_cast<std::byte>(x >> 8)};
    std::array<std::byte, 2> out{};
    gf16::Multiplier(constant).add_product(in, out);
    const auto product = gf16::multiply(constant, x);
    EXPECT_EQ(out[0], static_cast<std::byte>(product & 255));
    EXPECT_EQ(out[1], static_cast<std::byte>(product >> 8));
  }
}

// The definition in docs/fec.md: parity at point r is the value there of the polynomial through the data points, times
// nothing.
TEST(ReedSolomon16, is_the_code_that_the_page_describes) {
  using gf16::Element;
  std::mt19937_64 random(5);
  for (const auto& [data_count, parity_count] :
       {std::pair<std::size_t, std::size_t>{1, 1}, {3, 2}, {5, 4}, {2, 7}, {20, 5}, {33, 8}}) {
    ReedSolomon16 codec;
    const auto data = random_shards(data_count, 2, random);
    const auto parity = parity_of(codec, data, parity_count, 2);
    const auto symbol = [](const std::vector<std::byte>& s) {
      return static_cast<Element>(std::to_integer<unsigned>(s[0]) | (std::to_integer<unsigned>(s[1]) << 8));
    };
    const std::size_t width = std::bit_ceil(parity_count);
    for (std::size_t r = 0; r < parity_count; ++r) {
      Element expected = 0;
      for (std::size_t i = 0; i < data_count; ++i) {
        const auto d = width + i;
        // s(d) over the slope of s, s vanishing on 0 .. width-1; the slope is the product of all its other zeros'
        // distances.
        Element value = 1;
        Element slope = 1;
        for (std::size_t z = 0; z < width; ++z) {
          value = gf16::multiply(value, static_cast<Element>(d ^ z));
          if (z != 0) slope = gf16::multiply(slope, static_cast<Element>(z));
        }
        const auto weight = gf16::multiply(value, gf16::inverse(gf16::multiply(slope, static_cast<Element>(r ^ d))));
        expected ^= gf16::multiply(weight, symbol(data[i]));
      }
      EXPECT_EQ(symbol(parity[r]), expected) << data_count << "+" << parity_count << " row " << r;
    }
  }
}

TEST(ReedSolomon16, any_loss_up_to_parity_is_rebuilt) {
  std::mt19937_64 random(6);
  for (int i = 0; i < 400; ++i) {
    const std::size_t data = 1 + random() % 120;
    const std::size_t parity = random() % 60;
    round_trip(data, parity, parity == 0 ? 0 : random() % (parity + 1), 2 + 2 * (random() % 40), random);
  }
}

TEST(ReedSolomon16, the_shapes_of_real_frames_are_rebuilt) {
  std::mt19937_64 random(7);
  round_trip(1, 2, 2, 1160, random);
  round_trip(1000, 200, 200, 64, random);
  round_trip(8000, 1600, 40, 16, random);
}

TEST(ReedSolomon16, the_largest_block_is_rebuilt) {
  std::mt19937_64 random(8);
  round_trip(65'535 - 512, 512, 20, 2, random);
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
  EXPECT_FALSE(block_fits(60'000, 6'000));
  EXPECT_TRUE(block_fits(65'535, 0));
  EXPECT_FALSE(block_fits(65'535, 1));
  EXPECT_TRUE(block_fits(32'767, 32'768));
}

}  // namespace
}  // namespace pf::fec
