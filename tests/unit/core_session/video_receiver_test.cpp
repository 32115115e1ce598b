#include "core/session/video_receiver.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/frame_forge.h"
#include "support/media_fixture.h"

namespace pf::session {
namespace {

using test::ForgedFrame;
using test::FrameForge;
using test::media_key;
using test::Packet;

constexpr Duration frame_time = milliseconds{16};

class VideoReceiverTest : public testing::Test {
 protected:
  void receive(std::vector<Packet> packets) {
    for (auto& packet : packets) ASSERT_TRUE(receiver_->receive(packet, clock_.now()));
  }
  void receive_frame(std::uint32_t id, bool keyframe = false) {
    receive(forge_.frame({.id = id, .keyframe = keyframe}));
  }
  // Too few packets to make it whole.
  void receive_part(std::uint32_t id, bool keyframe = false) {
    auto packets = forge_.frame({.id = id, .keyframe = keyframe});
    packets.resize(3);
    receive(std::move(packets));
  }
  std::vector<std::uint32_t> delivered() {
    std::vector<std::uint32_t> ids;
    while (auto unit = receiver_->next(clock_.now())) {
      EXPECT_EQ(unit->data, FrameForge::unit_of({.id = unit->frame.value}));
      ids.push_back(unit->frame.value);
    }
    return ids;
  }
  using Ids = std::vector<std::uint32_t>;

  ManualClock clock_;
  FrameForge forge_{media_key()};
  VideoReceiver::Options options_;
  std::unique_ptr<VideoReceiver> receiver_ = VideoReceiver::create(media_key(), options_, clock_).value();
};

TEST_F(VideoReceiverTest, a_whole_frame_is_delivered_at_once_with_what_is_known_about_it) {
  auto packets = forge_.frame({.id = 1, .keyframe = true, .timestamp_us = 77});
  packets.resize(4);
  const auto first = clock_.now();
  for (auto& packet : packets) {
    ASSERT_TRUE(receiver_->receive(packet, clock_.now()));
    clock_.advance(milliseconds{1});
  }
  const auto unit = receiver_->next(clock_.now());
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->data, FrameForge::unit_of({.id = 1}));
  EXPECT_TRUE(unit->keyframe);
  EXPECT_FALSE(unit->recovered);
  EXPECT_EQ(unit->prefix.width, 640);
  EXPECT_EQ(unit->timestamp_us, 77u);
  EXPECT_EQ(unit->first_arrival, first);
  EXPECT_EQ(unit->completed, first + milliseconds{3});
  EXPECT_EQ(receiver_->last_delivered(), FrameId{1});
  EXPECT_FALSE(receiver_->next(clock_.now()));
  EXPECT_EQ(receiver_->deadline(), std::nullopt);
}

TEST_F(VideoReceiverTest, any_loss_up_to_the_parity_is_made_good) {
  std::uint32_t id = 1;
  for (std::size_t lost_a = 0; lost_a < 6; ++lost_a) {
    for (std::size_t lost_b = 0; lost_b < 6; ++lost_b) {
      auto packets = forge_.frame({.id = id, .keyframe = id == 1});
      packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(std::max(lost_a, lost_b)));
      if (lost_a != lost_b) packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(std::min(lost_a, lost_b)));
      std::ranges::reverse(packets);
      receive(std::move(packets));
      EXPECT_EQ(delivered(), Ids{id++});
    }
  }
  EXPECT_GT(receiver_->counters().frames_recovered, 20u);
  EXPECT_EQ(receiver_->counters().frames_lost, 0u);
}

TEST_F(VideoReceiverTest, nothing_is_delivered_before_the_first_keyframe) {
  receive_frame(5);
  receive_frame(6);
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_FALSE(receiver_->needs_keyframe()) << "frame 4, a keyframe, may still come";
  clock_.advance(options_.reorder_wait);
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->counters().frames_lost, 2u);
  receive_frame(7, true);
  receive_frame(8);
  EXPECT_EQ(delivered(), (Ids{7, 8}));
  EXPECT_FALSE(receiver_->needs_keyframe());
}

TEST_F(VideoReceiverTest, a_first_keyframe_that_is_overtaken_still_comes_first) {
  receive_frame(2);
  receive_frame(1, true);
  EXPECT_EQ(delivered(), (Ids{1, 2}));
}

TEST_F(VideoReceiverTest, frames_that_overtake_each_other_are_put_in_order) {
  receive_frame(1, true);
  receive_frame(4);
  receive_frame(3);
  EXPECT_EQ(delivered(), Ids{1});
  receive_frame(2);
  EXPECT_EQ(delivered(), (Ids{2, 3, 4}));
  EXPECT_EQ(receiver_->counters().frames_lost, 0u);
}

TEST_F(VideoReceiverTest, a_missing_frame_is_given_up_after_the_reorder_wait) {
  receive_frame(1, true);
  ASSERT_EQ(delivered(), Ids{1});
  receive_part(2);
  clock_.advance(frame_time);
  receive_frame(3);
  const auto due = clock_.now() + options_.reorder_wait;
  EXPECT_EQ(receiver_->deadline(), due);
  clock_.advance(options_.reorder_wait - microseconds{1});
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_FALSE(receiver_->needs_keyframe());
  clock_.advance(microseconds{1});
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->counters().frames_lost, 2u) << "frame 3 needs frame 2";
  receive_part(4);
  receive_frame(5, true);
  receive_frame(6);
  EXPECT_EQ(delivered(), (Ids{5, 6})) << "at once: nothing before a keyframe is worth waiting for";
  EXPECT_EQ(receiver_->counters().frames_lost, 3u);
}

TEST_F(VideoReceiverTest, a_frame_of_which_nothing_came_is_missed_as_well) {
  receive_frame(1, true);
  receive_frame(4);
  ASSERT_EQ(delivered(), Ids{1});
  clock_.advance(options_.reorder_wait);
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->counters().frames_lost, 3u);
}

TEST_F(VideoReceiverTest, a_frame_that_becomes_whole_in_time_is_not_lost) {
  receive_frame(1, true);
  auto rest = forge_.frame({.id = 2});
  receive({rest[0], rest[1], rest[2]});
  receive_frame(3);
  clock_.advance(options_.reorder_wait - microseconds{1});
  EXPECT_EQ(delivered(), Ids{1});
  receive({rest[5]});
  EXPECT_EQ(delivered(), (Ids{2, 3}));
  EXPECT_FALSE(receiver_->needs_keyframe());
}

TEST_F(VideoReceiverTest, a_complete_keyframe_does_not_wait_for_older_frames) {
  receive_frame(1, true);
  receive_part(2);
  receive_frame(3);
  receive_frame(4, true);
  EXPECT_EQ(delivered(), (Ids{1, 4}));
  EXPECT_FALSE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->counters().frames_lost, 2u);
  EXPECT_EQ(receiver_->counters().frames_complete, 2u);
}

TEST_F(VideoReceiverTest, frames_after_a_keyframe_that_is_still_coming_wait_for_it) {
  receive_frame(1, true);
  receive_frame(3);
  clock_.advance(options_.reorder_wait);
  ASSERT_EQ(delivered(), Ids{1});
  ASSERT_TRUE(receiver_->needs_keyframe());
  auto keyframe = forge_.frame({.id = 4, .keyframe = true});
  receive({keyframe[0], keyframe[1], keyframe[2]});
  receive_frame(5);
  EXPECT_EQ(delivered(), Ids{});
  receive({keyframe[3]});
  EXPECT_EQ(delivered(), (Ids{4, 5}));
}

TEST_F(VideoReceiverTest, a_keyframe_that_is_lost_itself_leaves_the_request_standing) {
  receive_frame(1, true);
  receive_frame(3);
  clock_.advance(options_.reorder_wait);
  ASSERT_EQ(delivered(), Ids{1});
  receive_part(4, true);
  receive_frame(5);
  clock_.advance(options_.reorder_wait);
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
  receive_frame(6, true);
  EXPECT_EQ(delivered(), Ids{6});
  EXPECT_EQ(receiver_->counters().frames_lost, 4u);
}

TEST_F(VideoReceiverTest, a_discontinuity_goes_on_without_what_is_missing) {
  receive_frame(1, true);
  receive_part(2);
  receive(forge_.frame({.id = 3, .discontinuity = true}));
  EXPECT_EQ(delivered(), (Ids{1, 3}));
  EXPECT_FALSE(receiver_->needs_keyframe());
}

TEST_F(VideoReceiverTest, what_is_missing_is_told_from_the_last_frame_delivered_to_the_newest_seen) {
  EXPECT_EQ(receiver_->missing(), std::nullopt);
  receive_frame(1, true);
  receive_frame(2);
  ASSERT_EQ(delivered(), (Ids{1, 2}));
  EXPECT_EQ(receiver_->missing(), std::nullopt);
  receive_frame(5);
  receive_part(6);
  clock_.advance(options_.reorder_wait);
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_EQ(receiver_->missing(), (LostFrames{{3}, {6}}));
  receive(forge_.frame({.id = 8, .discontinuity = true}));
  EXPECT_EQ(delivered(), Ids{8});
  EXPECT_EQ(receiver_->missing(), std::nullopt);
  EXPECT_EQ(receiver_->counters().repairs, 1u);
  EXPECT_EQ(receiver_->counters().restarts, 0u);
}

TEST_F(VideoReceiverTest, a_frame_that_goes_on_is_not_told_as_missing) {
  receive_frame(1, true);
  ASSERT_EQ(delivered(), Ids{1});
  receive_frame(4);
  clock_.advance(options_.reorder_wait);
  ASSERT_EQ(delivered(), Ids{});
  auto repair = forge_.frame({.id = 6, .discontinuity = true});
  repair.resize(3);
  receive(std::move(repair));
  receive_frame(7);
  EXPECT_EQ(receiver_->missing(), (LostFrames{{2}, {4}}));
}

TEST_F(VideoReceiverTest, before_the_first_keyframe_only_a_keyframe_helps) {
  receive_frame(5);
  clock_.advance(options_.reorder_wait);
  ASSERT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->missing(), std::nullopt);
  receive_frame(6, true);
  ASSERT_EQ(delivered(), Ids{6});
  EXPECT_EQ(receiver_->counters().restarts, 1u);
}

TEST_F(VideoReceiverTest, a_loss_that_ends_with_a_picture_built_up_anew_is_told_from_one_that_a_keyframe_ends) {
  receive_frame(1, true);
  ASSERT_EQ(delivered(), Ids{1});
  receive_frame(3);
  clock_.advance(options_.reorder_wait);
  ASSERT_EQ(delivered(), Ids{});
  receive(forge_.frame({.id = 4, .keyframe = true, .until_shown = 4}));
  ASSERT_EQ(delivered(), Ids{4});
  EXPECT_FALSE(receiver_->needs_keyframe()) << "what follows decodes";
  EXPECT_EQ(receiver_->counters().refreshes, 1u);
  EXPECT_EQ(receiver_->counters().restarts, 0u);
}

TEST_F(VideoReceiverTest, a_discontinuity_is_no_place_to_begin) {
  receive(forge_.frame({.id = 1, .discontinuity = true}));
  clock_.advance(options_.reorder_wait);
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
}

TEST_F(VideoReceiverTest, a_last_frame_that_stays_incomplete_is_noticed_without_another_packet) {
  receive_frame(1, true);
  receive_part(2);
  ASSERT_EQ(delivered(), Ids{1});
  const auto due = receiver_->deadline();
  ASSERT_TRUE(due);
  EXPECT_GT(*due, clock_.now() + options_.reorder_wait);
  clock_.advance(*due - clock_.now());
  EXPECT_EQ(delivered(), Ids{});
  EXPECT_TRUE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->deadline(), std::nullopt);
}

TEST_F(VideoReceiverTest, too_many_frames_in_flight_give_up_the_oldest) {
  receive_frame(1, true);
  for (std::uint32_t id = 2; id < 2 + options_.max_frames; ++id) receive_part(id);
  EXPECT_FALSE(receiver_->needs_keyframe());
  receive_part(2 + static_cast<std::uint32_t>(options_.max_frames));
  EXPECT_EQ(delivered(), Ids{1});
  EXPECT_TRUE(receiver_->needs_keyframe());
  EXPECT_EQ(receiver_->counters().frames_lost, 1u);
}

TEST_F(VideoReceiverTest, a_burst_of_whole_frames_is_kept_until_somebody_takes_them) {
  receive_frame(1, true);
  for (std::uint32_t id = 2; id <= 50; ++id) receive_frame(id);
  EXPECT_TRUE(receiver_->deadline());
  EXPECT_EQ(delivered().size(), 50u);
}

TEST_F(VideoReceiverTest, packets_of_finished_frames_are_late) {
  auto packets = forge_.frame({.id = 1, .keyframe = true});
  receive(std::move(packets));
  EXPECT_EQ(receiver_->counters().packets_late, 2u) << "the parity that was not needed";
  receive_part(2);
  receive_frame(3, true);
  receive_part(2);
  EXPECT_EQ(receiver_->counters().packets_late, 2u + 2u + 3u);
  EXPECT_EQ(delivered(), (Ids{1, 3}));
}

TEST_F(VideoReceiverTest, frame_ids_wrap) {
  for (std::uint32_t i = 0; i < 20; ++i) receive_frame(0xFFFF'FFF6u + i, i == 0);
  EXPECT_EQ(delivered().back(), 9u);
  receive_frame(11);
  receive_frame(10);
  EXPECT_EQ(delivered(), (Ids{10, 11}));
  EXPECT_EQ(receiver_->counters().frames_lost, 0u);
}

TEST_F(VideoReceiverTest, losses_are_counted_by_packet_number) {
  receive_frame(1, true);
  forge_.skip(10);
  receive_frame(2);
  EXPECT_EQ(receiver_->counters().packets_expected, 22u);
  EXPECT_EQ(receiver_->counters().packets_received, 12u);
  EXPECT_EQ(receiver_->counters().packets_lost, 0u) << "they may still come";
  forge_.skip(crypto::ReplayWindow::size);
  receive_frame(3);
  EXPECT_EQ(receiver_->counters().packets_lost, 16u);
}

TEST_F(VideoReceiverTest, units_that_nobody_takes_do_not_pile_up) {
  options_.max_unit = 4096;
  receiver_ = VideoReceiver::create(media_key(), options_, clock_).value();
  int refused = 0;
  for (std::uint32_t id = 1; id < 500; ++id) {
    for (auto& packet : forge_.frame({.id = id, .keyframe = true})) {
      const auto result = receiver_->receive(packet, clock_.now());
      if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::exhausted);
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 2600);
  EXPECT_LE(delivered().size(), 64u);
  receive_frame(500, true);
  EXPECT_EQ(delivered(), Ids{500});
}

TEST_F(VideoReceiverTest, needs_room_for_something) {
  EXPECT_FALSE(VideoReceiver::create(media_key(), {.max_unit = 0}, clock_));
  EXPECT_FALSE(VideoReceiver::create(media_key(), {.max_frames = 0}, clock_));
}

}  // namespace
}  // namespace pf::session
