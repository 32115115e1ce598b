// Every instruction set that this processor has against plain bytes: sizes, tails, places in memory, all kinds of
// blocks.
#include "core/fec/kernels/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/fec/gf8.h"
#include "core/fec/reed_solomon16.h"

namespace pf::fec {
namespace {

class EveryKernels : public testing::TestWithParam<const Kernels*> {};

/// Shards that begin anywhere and have guards between them.
struct Block {
  Block(std::size_t data_count, std::size_t parity_count, std::size_t shard_size, std::mt19937_64& random)
      : data(data_count), size(shard_size), present(data_count + parity_count, 1) {
    std::vector<std::size_t> places;
    std::size_t at = 0;
    for (std::size_t i = 0; i < present.size(); ++i) {
      at += 1 + random() % 70;
      places.push_back(at);
      at += size;
    }
    memory.resize(at + 64);
    for (auto& byte : memory) byte = static_cast<std::byte>(random());
    for (const auto place : places) shards.push_back(memory.data() + place);
  }
  [[nodiscard]] std::span<std::byte* const> parity() const { return std::span(shards).subspan(data); }
  [[nodiscard]] std::vector<const std::byte*> sources() const {
    return {shards.begin(), shards.begin() + static_cast<std::ptrdiff_t>(data)};
  }

  std::size_t data;
  std::size_t size;
  std::vector<std::uint8_t> present;
  std::vector<std::byte> memory;
  std::vector<std::byte*> shards;
};

void compare(const Kernels& kernels, std::size_t data_count, std::size_t parity_count, std::size_t size,
             std::mt19937_64& random) {
  SCOPED_TRACE(testing::Message() << data_count << "+" << parity_count << " of " << size);
  Block block(data_count, parity_count, size, random);
  const auto before = block.memory;
  ASSERT_TRUE(ReedSolomon16(*usable_kernels().back()).encode(block.sources(), block.parity(), size));
  const auto expected = block.memory;
  std::ranges::copy(before, block.memory.begin());
  ReedSolomon16 codec(kernels);
  ASSERT_TRUE(codec.encode(block.sources(), block.parity(), size));
  ASSERT_EQ(block.memory, expected) << "parity, or what lies around it";

  auto lost = random() % (parity_count + 1);
  for (; lost > 0; --lost) block.present[random() % block.present.size()] = 0;
  for (std::size_t i = 0; i < data_count; ++i) {
    if (block.present[i] == 0) std::fill_n(block.shards[i], size, std::byte{0xEE});
  }
  ASSERT_TRUE(codec.decode(block.shards, block.present, data_count, size));
  ASSERT_EQ(block.memory, expected) << "rebuilt data, or what lies around it";
}

TEST_P(EveryKernels, give_the_bytes_of_the_plain_ones) {
  std::mt19937_64 random(31);
  for (int i = 0; i < 300; ++i)
    compare(*GetParam(), 1 + random() % 300, 1 + random() % 100, 2 + 2 * (random() % 200), random);
  for (int i = 0; i < 50; ++i) compare(*GetParam(), 1 + random() % 20, 1 + random() % 9, 1160 + 2 * i, random);
}

TEST_P(EveryKernels, give_them_for_large_blocks) {
  std::mt19937_64 random(32);
  compare(*GetParam(), 1000, 200, 142, random);
  compare(*GetParam(), 3000, 520, 128, random);
  compare(*GetParam(), 5000, 2100, 130, random);
  compare(*GetParam(), 40'000, 30, 4, random);
}

TEST_P(EveryKernels, multiply_by_a_matrix_over_gf8) {
  std::mt19937_64 random(33);
  for (int i = 0; i < 200; ++i) {
    const std::size_t rows = 1 + random() % 9;
    const std::size_t size = 1 + random() % 700;
    const Block block(1 + random() % 40, rows, size, random);
    std::vector<gf8::Element> matrix(rows * block.data);
    for (auto& entry : matrix) entry = static_cast<gf8::Element>(random());
    auto expected = block.memory;
    for (std::size_t r = 0; r < rows; ++r) {
      const auto at = static_cast<std::size_t>(block.shards[block.data + r] - block.memory.data());
      for (std::size_t byte = 0; byte < size; ++byte) {
        gf8::Element sum = 0;
        for (std::size_t k = 0; k < block.data; ++k)
          sum ^= gf8::multiply(matrix[r * block.data + k], std::to_integer<gf8::Element>(block.shards[k][byte]));
        expected[at + byte] = std::byte{sum};
      }
    }
    GetParam()->multiply_matrix(matrix.data(), rows, block.data, block.sources().data(), block.parity().data(), size);
    ASSERT_EQ(block.memory, expected) << rows << " rows of " << block.data << ", " << size << " bytes";
  }
}

#ifdef __aarch64__
TEST(Kernels, are_those_for_neon_where_every_processor_has_it) {
  EXPECT_STREQ(usable_kernels().front()->name, "neon");
}
#endif

INSTANTIATE_TEST_SUITE_P(Processor, EveryKernels, testing::ValuesIn(usable_kernels().begin(), usable_kernels().end()),
                         [](const auto& test) {
                           std::string name = test.param->name;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace pf::fec
