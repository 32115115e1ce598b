// The controller alone, over a link that is told to it: what arrives, how long it waits, what is lost.
#include "core/rate/bitrate_controller.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace pf::rate {
namespace {

constexpr Duration report_time = milliseconds{50};

double mbps(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second) / 1e6;
}

/// A link with a queue in front: what is sent beyond its rate waits, and what does not fit is lost.
class Link {
 public:
  double rate_mbps = 100;
  double queue_limit_ms = 200;
  double random_loss = 0;
  bool trains = true;  // whether they show the rate; a shaper with a bucket hides it
  std::int32_t base_delay_us = -3'000'000;

  PathReport carry(double sent_mbps) {
    const double seconds = std::chrono::duration<double>(report_time).count();
    const double offered = sent_mbps * 1e6 * seconds;
    queue_bits_ += offered;
    const double carried = std::min(queue_bits_, rate_mbps * 1e6 * seconds);
    queue_bits_ -= carried;
    const double room = queue_limit_ms / 1e3 * rate_mbps * 1e6;
    const double dropped = std::max(0.0, queue_bits_ - room);
    queue_bits_ -= dropped;
    constexpr double packet = 1200 * 8;
    const double arrived = carried * (1 - random_loss);
    PathReport report{.length = report_time};
    report.received = arrived / packet;
    report.expected = (carried + dropped) / packet;
    report.bytes = arrived / 8;
    report.train_bytes = report.bytes * 0.9;
    const double train_rate = trains ? rate_mbps : 10'000;
    report.train_time = Duration{static_cast<std::int64_t>(report.train_bytes * 8 / train_rate * 1e3)};
    report.frames = true;
    report.least_delay_us = base_delay_us + static_cast<std::int32_t>(queue_ms() * 1e3);
    report.last_delay_us = report.least_delay_us;
    return report;
  }
  [[nodiscard]] double queue_ms() const { return queue_bits_ / rate_mbps / 1e3; }

 private:
  double queue_bits_ = 0;
};

class BitrateControllerTest : public testing::Test {
 protected:
  /// Sends what the controller says, or `most`, for `seconds`.
  void run(double seconds, double most = 1e9) {
    longest_queue_ms_ = 0;
    for (double t = 0; t < seconds; t += 0.05) {
      const double sent = std::min(mbps(controller_.target()), most);
      controller_.on_sent(now_, static_cast<std::size_t>(sent * 1e6 / 8 * 0.05));
      now_ += report_time;
      controller_.on_report(now_, link_.carry(sent));
      longest_queue_ms_ = std::max(longest_queue_ms_, link_.queue_ms());
      lowest_ = std::min(lowest_, mbps(controller_.target()));
      ASSERT_GE(controller_.target(), 1_mbps);
      ASSERT_LE(controller_.target(), 50_mbps);
    }
  }
  double target() const { return mbps(controller_.target()); }

  Link link_;
  BitrateController controller_{{.floor = 1_mbps, .ceiling = 50_mbps}};
  TimePoint now_{std::chrono::seconds{10}};
  double longest_queue_ms_ = 0;
  double lowest_ = 1e9;
};

TEST_F(BitrateControllerTest, begins_at_the_ceiling_and_stays_there_on_a_fast_link) {
  EXPECT_EQ(controller_.target(), 50_mbps);
  run(20);
  EXPECT_EQ(controller_.target(), 50_mbps);
  EXPECT_EQ(lowest_, 50);
  EXPECT_NEAR(mbps(controller_.capacity(now_)), 100, 5);
  EXPECT_FALSE(controller_.strained(now_));
}

TEST_F(BitrateControllerTest, a_slow_link_is_found_within_half_a_second) {
  link_.rate_mbps = 10;
  run(0.5);
  EXPECT_LE(target(), 10);
  EXPECT_TRUE(controller_.strained(now_));
  run(3);
  EXPECT_LE(longest_queue_ms_, 201);
  run(10);
  EXPECT_NEAR(target(), 9.3, 0.8);
  EXPECT_LE(longest_queue_ms_, 20);
}

TEST_F(BitrateControllerTest, a_step_down_and_up_is_followed_within_seconds) {
  run(5);
  link_.rate_mbps = 10;
  run(1.5);
  EXPECT_LE(target(), 10);
  EXPECT_LE(link_.queue_ms(), 20);
  run(8);
  EXPECT_GE(target(), 7);
  link_.rate_mbps = 100;
  run(2);
  EXPECT_GE(target(), 40);
}

TEST_F(BitrateControllerTest, a_shaper_that_hides_its_rate_from_trains_is_followed_by_its_queue) {
  link_.trains = false;
  link_.rate_mbps = 10;
  run(4);
  for (int i = 0; i < 10; ++i) {
    run(1);
    EXPECT_GE(target(), 6.5);
    EXPECT_LE(target(), 12);
    EXPECT_LE(longest_queue_ms_, 60);
  }
  link_.rate_mbps = 100;
  run(5);
  EXPECT_GE(target(), 40);
}

TEST_F(BitrateControllerTest, losses_that_do_not_care_about_the_rate_leave_it) {
  run(2);
  for (const double loss : {0.02, 0.05, 0.09}) {
    link_.random_loss = loss;
    lowest_ = 1e9;
    run(10);
    EXPECT_EQ(lowest_, 50) << loss;
  }
  // More than that is tried out once, and then left alone.
  link_.random_loss = 0.25;
  run(3);
  lowest_ = 1e9;
  run(10);
  EXPECT_GE(lowest_, 45);
}

TEST_F(BitrateControllerTest, a_link_that_drops_instead_of_queueing_is_not_overrun) {
  link_.trains = false;
  link_.queue_limit_ms = 2;
  link_.rate_mbps = 10;
  run(3);
  lowest_ = 1e9;
  double sum = 0;
  for (int i = 0; i < 10; ++i) {
    run(1);
    sum += target();
  }
  EXPECT_GE(lowest_, 5);
  EXPECT_LE(sum / 10, 13);
}

TEST_F(BitrateControllerTest, a_longer_way_is_not_taken_for_a_queue_for_long) {
  link_.rate_mbps = 100;
  run(5);
  link_.base_delay_us += 40'000;
  run(4);
  EXPECT_GE(target(), 40);
}

TEST_F(BitrateControllerTest, a_way_that_takes_now_this_long_and_now_that_keeps_most_of_its_rate) {
  std::mt19937 random(1);
  for (int report = 0; report < 400; ++report) {
    link_.base_delay_us = -3'000'000 + static_cast<std::int32_t>(15'000 + random() % 20'000);
    if (report == 3) link_.base_delay_us = -3'000'000;
    run(0.05);
  }
  EXPECT_GE(lowest_, 10) << "though it looks like a queue for half a second";
  EXPECT_GE(target(), 40);
}

TEST_F(BitrateControllerTest, who_sends_little_keeps_what_is_allowed) {
  run(5, 1);
  EXPECT_EQ(controller_.target(), 50_mbps);
  link_.rate_mbps = 10;
  run(5, 1);
  EXPECT_EQ(controller_.target(), 50_mbps) << "nothing has shown that the link is slower";
}

TEST_F(BitrateControllerTest, an_outage_is_followed_by_care) {
  run(2);
  PathReport outage{.length = std::chrono::seconds{1}, .expected = 1000, .received = 10, .bytes = 12'000};
  controller_.on_report(now_, outage);
  EXPECT_NEAR(target(), 25, 1);
}

TEST_F(BitrateControllerTest, the_limits_may_change) {
  controller_.set_limits({.floor = 2_mbps, .ceiling = 20_mbps});
  EXPECT_EQ(controller_.target(), 20_mbps);
  controller_.set_limits({.floor = 2_mbps, .ceiling = 40_mbps});
  EXPECT_EQ(controller_.target(), 40_mbps) << "what was at the ceiling stays there";
  controller_.set_limits({.floor = 60_mbps, .ceiling = 40_mbps});
  EXPECT_EQ(controller_.target(), 40_mbps);
}

}  // namespace
}  // namespace pf::rate
