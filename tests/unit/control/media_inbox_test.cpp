#include "control/link/media_inbox.h"

#include <gtest/gtest.h>

#include "core/session/video_sender.h"
#include "support/media_fixture.h"

namespace pf::control {
namespace {

class MediaInboxTest : public testing::Test {
 protected:
  void SetUp() override {
    secret_.fill(std::byte{7});
    const auto key = crypto::derive_media_key(secret_, wire::StreamKind::video, crypto::Direction::host_to_client);
    sender_ = session::VideoSender::create(key, {}, clock_).value();
    inbox_ = MediaInbox::create(
                 secret_, MediaCipher::aes_128_gcm, {}, clock_, [this](const session::ReceivedUnit&) { ++units_; },
                 [](const session::ReceivedAudio&) {})
                 .value();
  }

  std::vector<test::Packet> packets_of_a_frame(std::size_t size, bool keyframe = true, bool repaired = false) {
    const auto unit = test::pattern(1, size);
    EXPECT_TRUE(
        sender_->send({.data = unit, .keyframe = keyframe, .repaired = repaired, .captured = clock_.now()}, sink_));
    return sink_.take();
  }
  // Frames 2 and 3 never arrive.
  void lose_two_frames() {
    receive(packets_of_a_frame(100));
    packets_of_a_frame(100, false);
    packets_of_a_frame(100, false);
    receive(packets_of_a_frame(100, false));
    clock_.advance(milliseconds{40});
    inbox_->advance(clock_.now());
  }
  std::optional<wire::ControlMessage> wanted() { return inbox_->repair_wanted(clock_.now(), milliseconds{30}); }
  void receive(std::vector<test::Packet> packets) {
    for (auto& packet : packets) inbox_->receive(packet, clock_.now());
  }
  wire::ClientStats stats_after_a_second() {
    clock_.advance(std::chrono::seconds{1});
    return inbox_->take_stats(clock_.now());
  }

  ManualClock clock_;
  crypto::MediaSecret secret_;
  test::CollectingSink sink_;
  std::unique_ptr<session::VideoSender> sender_;
  std::unique_ptr<MediaInbox> inbox_;
  int units_ = 0;
};

TEST_F(MediaInboxTest, a_lost_packet_is_reported_in_the_second_in_which_it_was_lost) {
  (void)inbox_->take_stats(clock_.now());
  auto packets = packets_of_a_frame(50'000);
  packets.erase(packets.begin() + 3, packets.begin() + 7);
  const auto sent = packets.size() + 4;
  receive(packets);
  const auto stats = stats_after_a_second();
  EXPECT_EQ(stats.interval_ms, 1000u);
  EXPECT_EQ(stats.packets_received, sent - 4);
  EXPECT_EQ(stats.packets_lost, 4u);
  EXPECT_EQ(stats.frames_recovered, 1u);
  EXPECT_EQ(units_, 1);
}

TEST_F(MediaInboxTest, a_second_without_loss_reports_none_of_an_earlier_one) {
  (void)inbox_->take_stats(clock_.now());
  auto packets = packets_of_a_frame(50'000);
  packets.erase(packets.begin());
  receive(packets);
  EXPECT_EQ(stats_after_a_second().packets_lost, 1u);
  receive(packets_of_a_frame(50'000));
  EXPECT_EQ(stats_after_a_second().packets_lost, 0u);
}

TEST_F(MediaInboxTest, a_loss_is_told_once_and_a_keyframe_asked_for_when_no_answer_comes) {
  EXPECT_EQ(wanted(), std::nullopt);
  lose_two_frames();
  EXPECT_EQ(wanted(), wire::ControlMessage{(wire::InvalidateFrames{{2}, {4}})});
  clock_.advance(milliseconds{84});
  EXPECT_EQ(wanted(), std::nullopt) << "a round trip and a half, and 40 ms";
  clock_.advance(milliseconds{1});
  EXPECT_EQ(wanted(), wire::ControlMessage{wire::RequestKeyframe{{1}}});
  clock_.advance(milliseconds{99});
  EXPECT_EQ(wanted(), std::nullopt);
  clock_.advance(milliseconds{1});
  EXPECT_EQ(wanted(), wire::ControlMessage{wire::RequestKeyframe{{1}}});
}

TEST_F(MediaInboxTest, a_frame_that_does_without_the_lost_ones_ends_the_asking) {
  lose_two_frames();
  ASSERT_TRUE(wanted());
  receive(packets_of_a_frame(100, false, true));
  clock_.advance(milliseconds{200});
  EXPECT_EQ(wanted(), std::nullopt);
  EXPECT_EQ(units_, 2);
  EXPECT_EQ(inbox_->video_counters().repairs, 1u);
}

TEST_F(MediaInboxTest, without_a_first_keyframe_only_a_keyframe_is_asked_for) {
  packets_of_a_frame(100);
  receive(packets_of_a_frame(100, false));
  clock_.advance(milliseconds{40});
  inbox_->advance(clock_.now());
  EXPECT_EQ(wanted(), wire::ControlMessage{wire::RequestKeyframe{{0}}});
}

}  // namespace
}  // namespace pf::control
