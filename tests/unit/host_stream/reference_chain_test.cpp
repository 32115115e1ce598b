#include "host/stream/reference_chain.h"

#include <gtest/gtest.h>

#include <utility>

namespace pf::host {
namespace {

class ReferenceChainTest : public testing::Test {
 protected:
  /// Frames from `first` on, the first of them maybe a keyframe.
  void send(std::uint32_t first, std::uint32_t last, bool keyframe = false) {
    for (FrameId frame{first}; !frame.newer_than({last}); frame = frame.next())
      chain_.add(frame, std::exchange(keyframe, false));
  }
  std::optional<std::uint64_t> lose(std::uint32_t first, std::uint32_t last) { return chain_.lose({first}, {last}); }
  ReferenceChain chain_;
};

TEST_F(ReferenceChainTest, a_loss_forgets_everything_from_its_first_frame_on) {
  send(1, 10, true);
  EXPECT_EQ(lose(7, 8), 6u) << "units count from 0";
}

TEST_F(ReferenceChainTest, what_the_newest_frame_does_without_already_is_no_loss) {
  send(1, 10, true);
  EXPECT_EQ(lose(7, 8), 6u);
  send(11, 12);
  EXPECT_EQ(lose(7, 8), std::nullopt) << "said twice";
  EXPECT_EQ(lose(7, 10), std::nullopt);
}

TEST_F(ReferenceChainTest, a_lost_repair_is_forgotten_and_nothing_older) {
  send(1, 10, true);
  EXPECT_EQ(lose(7, 8), 6u);
  send(11, 12);
  EXPECT_EQ(lose(7, 12), 10u);
  send(13, 13);
  EXPECT_EQ(lose(6, 6), 5u) << "what it refers to";
}

TEST_F(ReferenceChainTest, frames_before_a_keyframe_are_not_missed) {
  send(1, 10, true);
  send(11, 14, true);
  EXPECT_EQ(lose(7, 8), std::nullopt);
  EXPECT_EQ(lose(7, 11), 10u);
}

TEST_F(ReferenceChainTest, frames_that_are_yet_to_come_are_not_lost) {
  send(1, 10, true);
  EXPECT_EQ(lose(11, 20), std::nullopt);
  EXPECT_EQ(lose(9, 20), 8u);
}

TEST_F(ReferenceChainTest, a_range_that_is_none_loses_nothing) {
  send(1, 10, true);
  EXPECT_EQ(lose(8, 7), std::nullopt);
  EXPECT_EQ(ReferenceChain().lose({1}, {2}), std::nullopt);
}

TEST_F(ReferenceChainTest, a_loss_beyond_memory_forgets_all) {
  send(1, 200, true);
  EXPECT_EQ(lose(20, 20), 0u);
  send(201, 201, true);
  EXPECT_EQ(lose(20, 20), std::nullopt);
}

TEST_F(ReferenceChainTest, a_unit_that_became_no_frame_counts_and_is_never_referred_to) {
  send(1, 3, true);
  EXPECT_EQ(chain_.skip(), 3u);
  send(4, 5);
  EXPECT_EQ(lose(4, 4), 4u);
}

TEST_F(ReferenceChainTest, frame_ids_wrap) {
  send(0xFFFF'FFFE, 3, true);
  EXPECT_EQ(lose(0xFFFF'FFFF, 1), 1u);
}

}  // namespace
}  // namespace pf::host
