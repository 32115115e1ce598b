// A peer that holds the key and still sends nonsense, by a bug or on purpose.
#include <gtest/gtest.h>

#include <random>

#include "core/session/fec_policy.h"
#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/frame_forge.h"

namespace pf::session {
namespace {

using test::ForgedFrame;
using test::FrameForge;
using test::media_key;
using test::Packet;

class HostilePeerTest : public testing::Test {
 protected:
  Result<void> receive(Packet packet) { return receiver_->receive(packet, clock_.now()); }
  Result<void> receive(const ForgedFrame& frame, std::size_t shard, std::size_t size) {
    return receive(forge_.packet(FrameForge::header_of(frame, shard), std::vector<std::byte>(size)));
  }
  bool stream_works(std::uint32_t id) {
    for (auto& packet : forge_.frame({.id = id, .keyframe = true})) static_cast<void>(receive(packet));
    for (; auto unit = receiver_->next(clock_.now());) {
      if (unit->frame.value == id) return unit->data == FrameForge::unit_of({.id = id});
    }
    return false;
  }

  ManualClock clock_;
  FrameForge forge_{media_key()};
  std::unique_ptr<VideoReceiver> receiver_ = VideoReceiver::create(media_key(), {}, clock_).value();
};

TEST_F(HostilePeerTest, a_packet_that_contradicts_its_frame_is_rejected_and_the_frame_survives) {
  auto good = forge_.frame({.id = 1, .keyframe = true});
  ASSERT_TRUE(receive(good[0]));
  for (const ForgedFrame& bad :
       {ForgedFrame{.id = 1, .keyframe = true, .data = 5}, ForgedFrame{.id = 1, .keyframe = true, .parity = 3},
        ForgedFrame{.id = 1, .keyframe = false}, ForgedFrame{.id = 1, .keyframe = true, .discontinuity = true},
        ForgedFrame{.id = 1, .keyframe = true, .timestamp_us = 5}}) {
    EXPECT_EQ(receive(bad, 1, 64).error().code, ErrorCode::malformed);
  }
  EXPECT_EQ(receive({.id = 1, .keyframe = true}, 1, 66).error().code, ErrorCode::malformed);
  for (std::size_t i = 1; i < 4; ++i) ASSERT_TRUE(receive(good[i]));
  EXPECT_EQ(receiver_->next(clock_.now())->data, FrameForge::unit_of({.id = 1}));
  EXPECT_EQ(receiver_->counters().packets_rejected, 6u);
}

TEST_F(HostilePeerTest, a_shard_that_comes_twice_under_two_numbers_counts_once) {
  auto good = forge_.frame({.id = 1, .keyframe = true});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(receive({.id = 1, .keyframe = true}, 0, 64));
  EXPECT_FALSE(receiver_->next(clock_.now()));
}

TEST_F(HostilePeerTest, shapes_that_no_sender_makes_are_refused) {
  EXPECT_FALSE(receive({.id = 1}, 0, 0));
  EXPECT_FALSE(receive({.id = 1}, 0, 63));
  EXPECT_FALSE(receive({.id = 1, .data = 60'000}, 0, 1160)) << "more than max_unit";
  EXPECT_FALSE(receive({.id = 1, .data = 2, .parity = max_parity_for(2) + 1}, 0, 64)) << "parity out of proportion";
  EXPECT_TRUE(receive({.id = 1, .data = 2, .parity = max_parity_for(2)}, 0, 64));
  EXPECT_EQ(receiver_->counters().packets_rejected, 4u);
}

TEST_F(HostilePeerTest, a_block_without_a_proper_unit_is_a_lost_frame) {
  ASSERT_TRUE(stream_works(1));
  std::mt19937_64 random(1);
  std::uint32_t id = 2;
  for (const std::uint32_t size : {0u, 229u, 1000u, 0xFFFF'FFFFu}) {
    std::vector<std::byte> block(4 * 64);
    wire::UnitPrefix prefix;
    prefix.unit_size = size;
    wire::write_unit_prefix(prefix, std::span(block).first<wire::unit_prefix_size>());
    auto packets = forge_.packets_of({.id = id, .keyframe = id % 2 == 0}, block);
    std::size_t errors = 0;
    for (auto& packet : packets) errors += receive(packet) ? 0 : 1;
    EXPECT_EQ(errors, 1u) << "the packet that made it whole";
    EXPECT_FALSE(receiver_->next(clock_.now()));
    EXPECT_TRUE(receiver_->needs_keyframe()) << "at once";
    ASSERT_TRUE(stream_works(id + 1));
    id += 2;
  }
  EXPECT_EQ(receiver_->counters().frames_lost, 4u);
}

TEST_F(HostilePeerTest, leaps_of_frame_ids_cost_nothing_and_the_next_keyframe_goes_on) {
  ASSERT_TRUE(stream_works(1));
  std::mt19937_64 random(4);
  std::uint32_t id = 1;
  for (int i = 0; i < 200; ++i) {
    id += static_cast<std::uint32_t>(random() % 0x4000'0000);
    for (auto& packet : forge_.frame({.id = id})) ASSERT_TRUE(receive(packet));
    clock_.advance(milliseconds{50});
    EXPECT_FALSE(receiver_->next(clock_.now()));
    ASSERT_TRUE(stream_works(++id));
  }
}

}  // namespace
}  // namespace pf::session
