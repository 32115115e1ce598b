#include "core/rate/train_meter.h"

#include <gtest/gtest.h>

namespace pf::rate {
namespace {

constexpr std::size_t size = 1228;

double mbps(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second) / 1e6;
}

// 1,000 packets, one each millisecond, into a path that lets one pass every `each`.
TrainFigures through(Duration each, Duration allowance = Duration{0}, std::uint32_t clock = 0) {
  ManualClock now;
  TrainMeter meter;
  const auto begun = now.now();
  auto free = begun - allowance;
  for (int i = 0; i < 1000; ++i) {
    const auto sent = begun + milliseconds{i};
    free = std::max(free + each, sent);
    const auto at = std::max(free, sent) + milliseconds{20};
    meter.arrived(at, clock + static_cast<std::uint32_t>(i) * 1000, size);
  }
  return meter.figures();
}

TEST(TrainMeter, a_free_path_delivers_what_was_sent_without_a_queue) {
  const auto figures = through(microseconds{10});
  EXPECT_EQ(figures.packets, 1000u);
  EXPECT_NEAR(mbps(figures.rate), size * 8 / 1e3, 0.05);
  EXPECT_EQ(figures.queued, Duration{0});
}

TEST(TrainMeter, a_full_path_shows_its_own_rate_and_how_long_its_queue_has_become) {
  const auto figures = through(microseconds{1250});
  EXPECT_NEAR(mbps(figures.rate), size * 8 / 1.25e3, 0.05);
  EXPECT_NEAR(std::chrono::duration<double>(figures.queued).count(), 0.2375, 0.005);
}

TEST(TrainMeter, what_a_token_bucket_lets_through_at_first_is_not_the_rate) {
  EXPECT_NEAR(mbps(through(microseconds{1250}, milliseconds{50}).rate), size * 8 / 1.25e3, 0.05);
}

TEST(TrainMeter, the_senders_clock_may_wrap) {
  EXPECT_EQ(through(microseconds{1250}, Duration{0}, 0xFFFF'FFFF - 400'000).queued, through(microseconds{1250}).queued);
}

TEST(TrainMeter, less_than_two_packets_say_nothing) {
  TrainMeter meter;
  EXPECT_EQ(meter.figures().packets, 0u);
  meter.arrived(ManualClock().now(), 0, size);
  EXPECT_EQ(meter.figures().packets, 1u);
  EXPECT_EQ(meter.figures().rate.bits_per_second, 0u);
  meter.clear();
  EXPECT_EQ(meter.figures().packets, 0u);
}

}  // namespace
}  // namespace pf::rate
