#include "core/session/unit_memory.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <thread>
#include <vector>

namespace pf::session {
namespace {

TEST(UnitMemory, parts_never_overlap_and_lie_within_the_whole) {
  constexpr std::size_t whole = 10'000;
  UnitMemory memory(whole);
  const auto* const base = memory.take(whole).data();
  std::mt19937_64 random(1);
  std::vector<UnitBytes> out;
  for (int i = 0; i < 20'000; ++i) {
    if (!out.empty() && random() % 2 == 0) {
      std::swap(out[random() % out.size()], out.back());
      out.pop_back();
    }
    auto part = memory.take(random() % 2'000);
    if (!part.held()) continue;
    ASSERT_GE(part.data(), base);
    ASSERT_LE(part.end(), base + whole);
    for (const auto& other : out) ASSERT_TRUE(part.end() <= other.begin() || other.end() <= part.begin());
    out.push_back(std::move(part));
  }
}

TEST(UnitMemory, all_of_it_is_there_again_when_every_part_is_back) {
  UnitMemory memory(1000);
  for (int i = 0; i < 100; ++i) {
    std::vector<UnitBytes> parts;
    for (auto part = memory.take(100); part.held(); part = memory.take(100)) parts.push_back(std::move(part));
    EXPECT_EQ(parts.size(), 8u) << "each begins a cache line";
    EXPECT_FALSE(memory.take(1000).held());
    parts.erase(parts.begin(), parts.begin() + i % 8);
    parts.clear();
    EXPECT_TRUE(memory.take(1000).held());
    EXPECT_FALSE(memory.take(1001).held());
  }
}

TEST(UnitMemory, a_narrowed_part_gives_all_of_it_back) {
  UnitMemory memory(1000);
  auto part = memory.take(1000);
  part.narrow(28, 64);
  EXPECT_EQ(part.size(), 64u);
  EXPECT_FALSE(memory.take(1).held());
  part = {};
  EXPECT_TRUE(memory.take(1000).held());
}

TEST(UnitMemory, a_part_outlives_it) {
  auto memory = std::make_optional<UnitMemory>(100);
  auto part = memory->take(100);
  memory.reset();
  std::ranges::fill(std::span(part.data(), part.size()), std::byte{1});
  EXPECT_EQ(part, std::vector(100, std::byte{1}));
}

TEST(UnitMemory, parts_come_back_from_any_thread) {
  UnitMemory memory(100'000);
  for (int round = 0; round < 200; ++round) {
    std::vector<UnitBytes> handed, kept;
    for (int i = 0; i < 20; ++i) handed.push_back(memory.take(500));
    const std::jthread decoder([&handed] { handed.clear(); });
    for (int i = 0; i < 20; ++i) kept.push_back(memory.take(500));
  }
  EXPECT_TRUE(memory.take(100'000).held());
}

TEST(UnitMemory, a_copy_has_memory_of_its_own) {
  std::vector bytes(10, std::byte{7});
  const auto copy = UnitBytes::copy_of(bytes);
  bytes[0] = std::byte{8};
  EXPECT_EQ(copy, std::vector(10, std::byte{7}));
  EXPECT_TRUE(UnitBytes::copy_of({}).empty());
}

}  // namespace
}  // namespace pf::session
