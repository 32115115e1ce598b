#include "core/rate/capacity_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pf::rate {
namespace {

using std::chrono::seconds;

/// A path of a fixed capacity with a queue in front of it; loses a share of packets besides.
struct Path {
  double mbps = 50;
  double random_loss = 0;
  Duration queue = milliseconds{40};
  TrainOutcome carry(const Train& train) const {
    const double asked = static_cast<double>(train.rate.bits_per_second);
    const double packets = asked * std::chrono::duration<double>(train.length).count() / 8 / 1228;
    const double through = std::min(1.0, mbps * 1e6 / asked) * (1 - random_loss);
    TrainOutcome outcome;
    outcome.packets_sent = static_cast<std::uint32_t>(packets);
    outcome.sent = train.rate;
    outcome.arrived.packets = static_cast<std::uint32_t>(std::lround(packets * through));
    outcome.arrived.rate = {static_cast<std::uint64_t>(asked * through)};
    outcome.arrived.queued = asked > mbps * 1e6 ? queue : Duration{0};
    return outcome;
  }
};

struct Sum {
  PathFigures figures;
  Duration time{0};
  Bitrate fastest;
};

Sum search(const Path& path, Duration budget = seconds{5}, Bitrate ceiling = 200_mbps) {
  CapacitySearch search(budget, ceiling);
  Sum sum;
  while (const auto train = search.next()) {
    sum.time += train->length;
    sum.fastest = std::max(sum.fastest, train->rate);
    search.add(path.carry(*train));
  }
  sum.figures = search.figures();
  return sum;
}

double mbps(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second) / 1e6;
}

TEST(CapacitySearch, finds_what_a_path_carries_within_its_time) {
  for (const double carries : {1.0, 6.0, 12.0, 50.0, 133.0, 170.0}) {
    const auto sum = search({.mbps = carries});
    EXPECT_TRUE(sum.figures.reached) << carries;
    EXPECT_NEAR(mbps(sum.figures.capacity), carries, carries * 0.02);
    EXPECT_LE(sum.time, seconds{5});
    EXPECT_EQ(sum.figures.queued, milliseconds{40});
    EXPECT_EQ(sum.figures.loss, 0);
  }
}

TEST(CapacitySearch, a_path_beyond_the_ceiling_carries_at_least_that) {
  const auto sum = search({.mbps = 5000});
  EXPECT_FALSE(sum.figures.reached);
  EXPECT_EQ(mbps(sum.figures.capacity), 200);
  EXPECT_EQ(sum.fastest, 200_mbps);
}

TEST(CapacitySearch, the_suggestion_leaves_room_for_parity_headers_and_others) {
  const auto figures = search({.mbps = 50}).figures;
  EXPECT_LT(mbps(figures.suggested) * 1.2 * 1.06, 45);
  EXPECT_GT(mbps(figures.suggested), 30);
}

TEST(CapacitySearch, losses_of_the_path_itself_are_told) {
  EXPECT_NEAR(search({.mbps = 50, .random_loss = 0.03}).figures.loss, 0.03, 0.002);
}

TEST(CapacitySearch, one_bad_train_does_not_end_the_climb) {
  CapacitySearch search(seconds{5}, 200_mbps);
  const Path path{.mbps = 100};
  const Path disturbed{.mbps = 2};
  for (bool once = true; const auto train = search.next();) {
    const bool disturb = once && train->rate >= 20_mbps;
    if (disturb) once = false;
    search.add((disturb ? disturbed : path).carry(*train));
  }
  EXPECT_NEAR(mbps(search.figures().capacity), 100, 3);
}

TEST(CapacitySearch, a_path_that_lets_nothing_through_has_no_capacity) {
  const auto sum = search({.mbps = 0});
  EXPECT_EQ(sum.figures.capacity.bits_per_second, 0u);
  EXPECT_LE(sum.time, seconds{5});
}

TEST(CapacitySearch, two_seconds_are_time_enough) {
  const auto sum = search({.mbps = 30}, seconds{2});
  EXPECT_LE(sum.time, seconds{2});
  EXPECT_NEAR(mbps(sum.figures.capacity), 30, 1);
}

}  // namespace
}  // namespace pf::rate
