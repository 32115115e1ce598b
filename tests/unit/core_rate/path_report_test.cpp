#include "core/rate/path_report.h"

#include <gtest/gtest.h>

#include <random>

#include "core/rate/bitrate_controller.h"
#include "core/rate/train_rate.h"

namespace pf::rate {
namespace {

using std::chrono::seconds;

wire::Feedback report_number(std::uint32_t n) {
  return {.sequence = n,
          .time_us = n * 50'000,
          .packets_expected = n * 100,
          .packets_received = n * 90,
          .packets_lost = n * 10,
          .loss_runs = n * 5,
          .bytes_received = n * 100'000,
          .train_bytes = n * 80'000,
          .train_us = n * 20'000,
          .frames = 3,
          .least_delay_us = 7,
          .last_delay_us = 9};
}

TEST(FeedbackReader, totals_become_differences_and_a_lost_report_takes_nothing_along) {
  FeedbackReader reader;
  const auto first = reader.read(report_number(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->length, Duration{0});
  EXPECT_EQ(first->least_delay_us, 7);
  const auto third = reader.read(report_number(3));
  ASSERT_TRUE(third);
  EXPECT_EQ(third->length, milliseconds{100});
  EXPECT_EQ(third->expected, 200);
  EXPECT_EQ(third->lost, 20);
  EXPECT_EQ(third->runs, 10);
  EXPECT_EQ(third->bytes, 200'000);
  EXPECT_NEAR(third->missing(), 0.1, 1e-9);
}

TEST(FeedbackReader, repeated_and_overtaken_reports_are_dropped) {
  FeedbackReader reader;
  reader.read(report_number(5));
  EXPECT_FALSE(reader.read(report_number(5)));
  EXPECT_FALSE(reader.read(report_number(4)));
  EXPECT_TRUE(reader.read(report_number(6)));
}

TEST(FeedbackReader, totals_and_sequence_wrap) {
  auto before = report_number(0);
  before.sequence = before.time_us = before.packets_expected = before.packets_received = UINT32_MAX;
  FeedbackReader reader;
  reader.read(before);
  auto after = report_number(0);
  after.sequence = 0;
  after.time_us = 49'999;
  after.packets_expected = after.packets_received = 9;
  const auto report = reader.read(after);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->length, milliseconds{50});
  EXPECT_EQ(report->expected, 10);
}

TEST(FeedbackReader, whatever_a_client_says_the_rate_stays_within_its_limits) {
  std::mt19937_64 random(3);
  FeedbackReader reader;
  BitrateController controller({.floor = 1_mbps, .ceiling = 20_mbps});
  TimePoint now{seconds{1}};
  const auto any = [&] { return static_cast<std::uint32_t>(random() >> (random() % 64)); };
  for (std::uint32_t i = 1; i < 100'000; ++i) {
    now += milliseconds{random() % 200};
    const auto report = reader.read({i, any(), any(), any(), any(), any(), any(), any(), any(), any(),
                                     static_cast<std::int32_t>(any()), static_cast<std::int32_t>(any())});
    if (!report) continue;
    ASSERT_LE(report->runs, report->lost);
    controller.on_sent(now, random() % 100'000);
    controller.on_report(now, *report);
    ASSERT_GE(controller.target(), 1_mbps);
    ASSERT_LE(controller.target(), 20_mbps);
    ASSERT_LE(controller.capacity(now).bits_per_second, 1'000'000'000'000'000u);
  }
}

TEST(TrainRate, knows_nothing_until_there_has_been_enough_and_follows_a_change_within_a_few_trains) {
  TrainRate trains;
  EXPECT_FALSE(trains.bits_per_second());
  trains.on_trains(4000, milliseconds{3});
  EXPECT_FALSE(trains.bits_per_second());
  for (int i = 0; i < 10; ++i) trains.on_trains(25'000, milliseconds{20});
  ASSERT_TRUE(trains.bits_per_second());
  EXPECT_NEAR(*trains.bits_per_second(), 10e6, 0.1e6);
  for (int i = 0; i < 10; ++i) trains.on_trains(25'000, milliseconds{4});
  EXPECT_NEAR(*trains.bits_per_second(), 50e6, 5e6);
}

TEST(TrainRate, trains_that_take_no_time_at_all_say_that_the_link_is_fast) {
  TrainRate trains;
  trains.on_trains(100'000, Duration{0});
  EXPECT_EQ(*trains.bits_per_second(), 100e9);
}

}  // namespace
}  // namespace pf::rate
