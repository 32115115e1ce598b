#include "core/rate/queue_delay.h"

#include <gtest/gtest.h>

namespace pf::rate {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class QueueDelayTest : public testing::Test {
 protected:
  void on_delay(std::int64_t us) { queue_.on_delay(clock_.now(), static_cast<std::int32_t>(us)); }
  ManualClock clock_;
  QueueDelay queue_;
};

TEST_F(QueueDelayTest, is_what_a_delay_is_over_the_least_of_the_last_ten_seconds) {
  on_delay(-500'000);  // clocks that began at different times
  EXPECT_EQ(queue_.now(), milliseconds{0});
  on_delay(-470'000);
  EXPECT_EQ(queue_.now(), milliseconds{30});
  on_delay(-510'000);
  EXPECT_EQ(queue_.now(), milliseconds{0});
  clock_.advance(seconds{9});
  on_delay(-505'000);
  EXPECT_EQ(queue_.now(), milliseconds{5});
  clock_.advance(seconds{1});
  on_delay(-500'000);
  EXPECT_EQ(queue_.now(), milliseconds{10}) << "the period before still counts";
  clock_.advance(seconds{10});
  on_delay(-499'000);
  EXPECT_EQ(queue_.now(), milliseconds{1}) << "and no longer";
}

// The difference of the two clocks takes the 2^31 us of half its range in 500 days, and all of it in 1,000.
TEST_F(QueueDelayTest, is_never_more_than_it_is_while_clocks_drift_apart_for_three_years) {
  for (const int drift_ppm : {50, -50}) {
    std::int64_t apart_us = 0;
    const auto end = clock_.now() + hours{3 * 365 * 24};
    for (int report = 0; clock_.now() < end; ++report, clock_.advance(seconds{5})) {
      apart_us += 5 * drift_ppm;
      const int queue_us = report % 4 == 3 ? 8'000 : 0;
      on_delay(apart_us + queue_us);
      ASSERT_LE(std::chrono::abs(queue_.now() - microseconds{queue_us}), milliseconds{1}) << report << " " << drift_ppm;
    }
    queue_ = {};
  }
}

// No path has such delays; a client can say so.
TEST_F(QueueDelayTest, takes_delays_that_are_further_apart_than_their_numbers_hold) {
  on_delay(0);
  on_delay(-1'500'000'000);
  clock_.advance(seconds{10});
  on_delay(1'500'000'000);
  EXPECT_GT(queue_.now(), hours{0});
  clock_.advance(seconds{20});
  on_delay(0);
  clock_.advance(seconds{20});
  on_delay(0);
  EXPECT_EQ(queue_.now(), milliseconds{0});
}

TEST(QueueDelay, is_what_exceeds_the_least_delay_of_the_last_while) {
  QueueDelay queue;
  TimePoint now{seconds{1}};
  EXPECT_EQ(queue.now(), Duration{0});
  queue.on_delay(now, 2'147'483'000);  // the offset between two clocks is anything
  EXPECT_EQ(queue.now(), Duration{0});
  queue.on_delay(now + seconds{1}, -2'147'483'296);
  EXPECT_EQ(queue.now(), milliseconds{1});
  queue.on_delay(now + seconds{2}, 2'147'482'000);
  EXPECT_EQ(queue.now(), Duration{0});
  queue.on_delay(now + seconds{3}, 2'147'483'000);
  EXPECT_EQ(queue.now(), milliseconds{1});
  // Half a minute later the way has become what it is.
  for (int s = 4; s < 40; ++s) queue.on_delay(now + seconds{s}, 2'147'483'000);
  EXPECT_EQ(queue.now(), Duration{0});
}

TEST(QueueDelay, a_way_that_has_become_longer_is_taken_as_it_is) {
  QueueDelay queue;
  queue.on_delay(TimePoint{seconds{1}}, 0);
  queue.on_delay(TimePoint{seconds{2}}, 5000);
  queue.forget();
  EXPECT_EQ(queue.now(), Duration{0});
  queue.on_delay(TimePoint{seconds{2}}, 6000);
  EXPECT_EQ(queue.now(), milliseconds{1});
}

}  // namespace
}  // namespace pf::rate
