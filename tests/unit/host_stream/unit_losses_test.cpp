#include "host/stream/unit_losses.h"

#include <gtest/gtest.h>

namespace pf::host {
namespace {

/// Units are numbered from 1000 on, by tens; frames from 1 on.
class UnitLossesTest : public testing::Test {
 protected:
  static std::uint64_t number(std::uint32_t frame) { return 1000 + 10 * (frame - 1); }
  void send(unsigned units, bool keyframe = false, bool repaired = false) {
    for (; units > 0; --units, keyframe = repaired = false, ++frame_)
      losses_.sent({frame_}, number(frame_), keyframe, repaired);
  }
  std::optional<UnitLosses::Loss> lose(std::uint32_t first, std::uint32_t last) {
    return losses_.lose({first}, {last});
  }
  void expect_loss(std::uint32_t first, std::uint32_t last, std::uint32_t named_first, std::uint32_t named_last) {
    const auto loss = lose(first, last);
    ASSERT_TRUE(loss);
    EXPECT_TRUE(loss->known);
    EXPECT_EQ(loss->first, number(named_first));
    EXPECT_EQ(loss->last, number(named_last));
  }

  UnitLosses losses_;
  std::uint32_t frame_ = 1;
};

TEST_F(UnitLossesTest, a_loss_has_the_sources_own_numbers) {
  send(10, true);
  EXPECT_FALSE(losses_.awaits_repair());
  expect_loss(7, 8, 7, 8);
  EXPECT_TRUE(losses_.awaits_repair());
}

TEST_F(UnitLossesTest, what_is_yet_to_come_is_not_lost) {
  send(10, true);
  expect_loss(7, 100, 7, 10);
  EXPECT_FALSE(lose(11, 12));
}

TEST_F(UnitLossesTest, the_same_loss_is_told_once_though_units_go_on_that_refer_to_it) {
  send(10, true);
  EXPECT_TRUE(lose(7, 8));
  send(3);
  EXPECT_FALSE(lose(7, 8));
  EXPECT_FALSE(lose(7, 12));
  EXPECT_TRUE(losses_.awaits_repair());
}

TEST_F(UnitLossesTest, a_repair_refers_to_what_is_older_than_the_loss) {
  send(10, true);
  EXPECT_TRUE(lose(7, 8));
  send(3);
  send(1, false, true);  // 14
  EXPECT_FALSE(losses_.awaits_repair());
  EXPECT_FALSE(lose(7, 13)) << "the newest unit needs none of them";
  send(2);
  expect_loss(14, 15, 14, 15);
  send(1, false, true);  // 17
  expect_loss(6, 6, 6, 6);
}

TEST_F(UnitLossesTest, a_keyframe_answers_every_loss) {
  send(10, true);
  EXPECT_TRUE(lose(7, 8));
  send(1, true);
  EXPECT_FALSE(losses_.awaits_repair());
  EXPECT_FALSE(lose(7, 10));
  expect_loss(11, 11, 11, 11);
}

TEST_F(UnitLossesTest, a_loss_that_is_older_than_memory_is_for_a_keyframe) {
  send(1000, true);
  const auto loss = lose(100, 120);
  ASSERT_TRUE(loss);
  EXPECT_FALSE(loss->known);
  EXPECT_FALSE(losses_.awaits_repair());
  EXPECT_FALSE(UnitLosses().lose({1}, {2}));
}

}  // namespace
}  // namespace pf::host
