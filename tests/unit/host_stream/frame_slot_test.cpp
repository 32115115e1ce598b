#include "host/stream/frame_slot.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pf::host {
namespace {

CapturedFrame frame(std::uint64_t sequence, const DamageList& damage, std::uint32_t width = 640) {
  CapturedFrame f;
  f.width = width;
  f.height = 480;
  f.stride = width * 4;
  f.damage = damage;
  f.sequence = sequence;
  return f;
}

TEST(FrameSlot, the_newest_frame_wins_and_the_older_one_comes_back) {
  FrameSlot slot;
  EXPECT_FALSE(slot.full());
  EXPECT_FALSE(slot.put(frame(1, {{0, 0, 640, 480}})));
  const auto superseded = slot.put(frame(2, {{1, 2, 3, 4}}));
  ASSERT_TRUE(superseded);
  EXPECT_EQ(superseded->sequence, 1u);
  EXPECT_EQ(slot.take()->sequence, 2u);
  EXPECT_FALSE(slot.take());
}

TEST(FrameSlot, damage_of_a_dropped_frame_is_not_forgotten) {
  FrameSlot slot;
  slot.put(frame(1, {{0, 0, 640, 480}}));
  (void)slot.take();
  slot.put(frame(2, {{10, 10, 5, 5}}));
  slot.put(frame(3, {{90, 90, 5, 5}}));
  EXPECT_EQ(slot.take()->damage, (DamageList{{90, 90, 5, 5}, {10, 10, 5, 5}}));
}

TEST(FrameSlot, damage_is_that_of_one_frame_when_none_was_dropped) {
  FrameSlot slot;
  slot.put(frame(1, {{0, 0, 640, 480}}));
  (void)slot.take();
  slot.put(frame(2, {{10, 10, 5, 5}}));
  EXPECT_EQ(slot.take()->damage, (DamageList{{10, 10, 5, 5}}));
}

TEST(FrameSlot, a_gap_in_the_capturers_numbers_damages_everything) {
  FrameSlot slot;
  slot.put(frame(1, {{0, 0, 640, 480}}));
  (void)slot.take();
  slot.put(frame(3, {{10, 10, 5, 5}}));
  EXPECT_EQ(slot.take()->damage, (DamageList{{0, 0, 640, 480}}));
}

TEST(FrameSlot, a_new_size_damages_everything) {
  FrameSlot slot;
  slot.put(frame(1, {{0, 0, 640, 480}}));
  slot.put(frame(2, {{10, 10, 5, 5}}, 800));
  EXPECT_EQ(slot.take()->damage, (DamageList{{0, 0, 800, 480}}));
}

TEST(FrameSlot, a_long_list_of_damage_becomes_one_box_around_it) {
  FrameSlot slot;
  slot.put(frame(1, {{0, 0, 640, 480}}));
  (void)slot.take();
  for (std::uint32_t i = 0; i < 100; ++i) slot.put(frame(2 + i, {{i, 2 * i, 1, 1}}));
  const auto taken = slot.take();
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto covers = [&](const Rect& r) {
      return r.x <= i && i < r.x + r.width && r.y <= 2 * i && 2 * i < r.y + r.height;
    };
    EXPECT_TRUE(std::ranges::any_of(taken->damage, covers)) << i;
  }
  EXPECT_LE(taken->damage.size(), 64u);
}

}  // namespace
}  // namespace pf::host
