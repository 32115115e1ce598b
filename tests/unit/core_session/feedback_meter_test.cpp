// What a receiver tells of the way, from packets whose way is known.
#include "core/session/feedback_meter.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pf::session {
namespace {

const TimePoint start{std::chrono::seconds{100}};

class FeedbackMeterTest : public testing::Test {
 protected:
  /// A packet of `frame`, captured at frame x 16 ms on a clock that is an hour ahead, arriving `at` after the start.
  void packet(std::uint32_t frame, Duration at, std::uint16_t send_delay = 0) {
    wire::MediaHeader header;
    header.packet_number = number_++;
    header.frame = {frame};
    header.timestamp_us =
        static_cast<std::uint32_t>(to_micros(start + std::chrono::hours{1} + frame * milliseconds{16}));
    header.send_delay = send_delay;
    meter_.arrived(header, 1000, start + at);
  }
  void lose(std::uint64_t count) { number_ += count; }
  wire::Feedback report() { return meter_.report(start).value(); }
  wire::Feedback report_or_none() { return meter_.report(start).value_or(wire::Feedback{}); }

  FeedbackMeter meter_;
  std::uint64_t number_ = 0;
};

TEST_F(FeedbackMeterTest, says_nothing_before_the_first_packet) {
  EXPECT_FALSE(meter_.report(start));
}

TEST_F(FeedbackMeterTest, losses_are_settled_a_report_after_a_newer_packet_came) {
  packet(1, {});
  lose(2);
  packet(1, {});
  lose(1);
  packet(1, {});
  auto said = report();
  EXPECT_EQ(said.packets_expected, 6u);
  EXPECT_EQ(said.packets_received, 3u);
  EXPECT_EQ(said.packets_lost, 0u);
  said = report();
  EXPECT_EQ(said.sequence, 2u);
  EXPECT_EQ(said.packets_lost, 3u);
  EXPECT_EQ(said.loss_runs, 2u);
}

TEST_F(FeedbackMeterTest, what_comes_before_the_next_report_was_only_late) {
  packet(1, {});
  lose(1);
  packet(1, {});
  EXPECT_EQ(report().packets_lost, 0u);
  number_ = 1;
  packet(1, {});
  EXPECT_EQ(report().packets_lost, 0u);
}

TEST_F(FeedbackMeterTest, delay_is_that_of_each_frames_first_packet_and_only_its_changes_mean_something) {
  packet(1, 16 * milliseconds{1} + milliseconds{30});
  packet(1, 16 * milliseconds{1} + milliseconds{45});
  packet(2, 16 * milliseconds{2} + milliseconds{24});
  packet(3, 16 * milliseconds{3} + milliseconds{26});
  const auto first = report();
  EXPECT_EQ(first.frames, 3u);
  EXPECT_EQ(first.last_delay_us - first.least_delay_us, 2000);
  packet(4, 16 * milliseconds{4} + milliseconds{25}, 125);  // left 2 ms after capture
  const auto second = report();
  EXPECT_EQ(second.frames, 1u);
  EXPECT_EQ(second.least_delay_us - first.least_delay_us, -1000);
  EXPECT_EQ(report().frames, 0u);
}

TEST_F(FeedbackMeterTest, the_later_half_of_a_train_tells_what_the_link_carries) {
  // Four at once, from a shaper's bucket; then one after the other.
  for (int i = 0; i < 12; ++i) packet(1, std::max(0, i - 3) * microseconds{800});
  EXPECT_EQ(report().train_us, 0u) << "it may go on";
  packet(2, milliseconds{20});
  const auto said = report();
  EXPECT_EQ(said.train_bytes, 8'000u);
  EXPECT_EQ(said.train_us, 6400u);  // 10 Mbit/s
}

TEST_F(FeedbackMeterTest, a_long_train_tells_it_of_half_to_three_quarters_of_its_packets) {
  for (std::uint32_t packets = 8; packets < 70; ++packets) {
    SCOPED_TRACE(packets);
    const auto before = report_or_none();
    const auto begin = packets * milliseconds{100};
    for (std::uint32_t i = 0; i < packets; ++i) packet(2 * packets, begin + i * microseconds{100});
    packet(2 * packets + 1, begin + milliseconds{50});
    const auto after = report();
    const auto told = (after.train_bytes - before.train_bytes) / 1000;
    EXPECT_GE(told, packets / 2);
    EXPECT_LE(told, packets * 3 / 4);
    EXPECT_EQ(after.train_us - before.train_us, told * 100);
  }
}

TEST_F(FeedbackMeterTest, a_train_with_a_packet_that_was_held_up_tells_nothing) {
  const auto train = [&](std::uint32_t frame, int held_up, Duration by) {
    for (int i = 0; i < 16; ++i)
      packet(frame, frame * milliseconds{20} + i * microseconds{100} + (i >= held_up ? by : Duration{0}));
  };
  train(1, 12, milliseconds{5});  // and those behind it with it
  train(2, 15, milliseconds{8});
  packet(3, milliseconds{60});
  EXPECT_EQ(report().train_bytes, 0u);
  // Overtaken by those behind it.
  for (int i = 0; i < 16; ++i) {
    if (i != 10) packet(4, milliseconds{80} + i * microseconds{100});
    if (i == 9) lose(1);
  }
  number_ -= 6;
  packet(4, milliseconds{81} + microseconds{700});
  number_ += 5;
  packet(5, milliseconds{100});
  EXPECT_EQ(report().train_bytes, 0u);
  train(6, 16, {});
  packet(7, milliseconds{140});
  EXPECT_EQ(report().train_bytes, 8'000u);
}

TEST_F(FeedbackMeterTest, few_packets_or_packets_sent_apart_make_no_train) {
  for (int i = 0; i < 7; ++i) packet(1, i * microseconds{800});
  for (std::uint16_t i = 0; i < 20; ++i) packet(2, milliseconds{20}, i);
  packet(3, milliseconds{50});
  EXPECT_EQ(report().train_bytes, 0u);
}

TEST_F(FeedbackMeterTest, a_packet_that_was_overtaken_by_a_newer_frame_does_not_end_its_train) {
  packet(1, {});
  for (int i = 0; i < 6; ++i) packet(2, milliseconds{10} + i * microseconds{800});
  packet(1, milliseconds{15});
  for (int i = 6; i < 11; ++i) packet(2, milliseconds{10} + i * microseconds{800});
  packet(3, milliseconds{50});
  EXPECT_EQ(report().train_bytes, 7'000u);
}

TEST_F(FeedbackMeterTest, totals_wrap_and_go_on) {
  number_ = (std::uint64_t{1} << 32) - 2;
  packet(1, {});
  report();
  const auto before = report();
  for (int i = 0; i < 4; ++i) packet(1, {});
  const auto after = report();
  EXPECT_EQ(after.packets_expected - before.packets_expected, 4u);
  EXPECT_EQ(after.packets_lost, before.packets_lost);
}

}  // namespace
}  // namespace pf::session
