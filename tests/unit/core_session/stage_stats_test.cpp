#include "core/session/stage_stats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace pf::session {
namespace {

TEST(Histogram, is_zero_when_empty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile(0.5), microseconds{0});
  EXPECT_EQ(histogram.max(), microseconds{0});
}

TEST(Histogram, is_exact_below_64_microseconds) {
  Histogram histogram;
  for (int us = 0; us < 64; ++us) histogram.record(microseconds{us});
  EXPECT_EQ(histogram.quantile(0.0), microseconds{0});
  EXPECT_EQ(histogram.quantile(0.5), microseconds{31});
  EXPECT_EQ(histogram.quantile(1.0), microseconds{63});
}

TEST(Histogram, a_single_duration_is_off_by_less_than_two_percent_anywhere) {
  for (std::uint64_t us = 1; us < 0xFFFF'FFFF; us += us / 37 + 1) {
    Histogram histogram;
    histogram.record(microseconds{us});
    histogram.record(std::chrono::hours{1});  // so that the maximum does not give the answer
    const auto found = static_cast<double>(histogram.quantile(0.5).count());
    ASSERT_GE(found, static_cast<double>(us < 3'600'000'000 ? us : 3'600'000'000));
    ASSERT_LE(found, static_cast<double>(us) * 1.02);
  }
}

TEST(Histogram, quantiles_of_a_long_tail_are_within_two_percent) {
  std::mt19937_64 random(11);
  std::lognormal_distribution<double> latency(8.0, 1.3);
  Histogram histogram;
  std::vector<double> all;
  for (int i = 0; i < 200'000; ++i) {
    all.push_back(std::floor(latency(random)));
    histogram.record(microseconds{static_cast<std::int64_t>(all.back())});
  }
  std::ranges::sort(all);
  for (const double share : {0.01, 0.25, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = all[static_cast<std::size_t>(std::ceil(share * static_cast<double>(all.size()))) - 1];
    EXPECT_NEAR(static_cast<double>(histogram.quantile(share).count()), exact, exact * 0.02) << share;
  }
  EXPECT_EQ(static_cast<double>(histogram.max().count()), all.back());
}

TEST(Histogram, takes_durations_that_make_no_sense) {
  Histogram histogram;
  histogram.record(Duration{-5});
  histogram.record(Duration::min());
  histogram.record(Duration::max());
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.quantile(0.5), microseconds{0});
  EXPECT_EQ(histogram.max(), microseconds{0xFFFF'FFFF});
  EXPECT_EQ(histogram.quantile(7.0), histogram.max());
  EXPECT_EQ(histogram.quantile(-7.0), microseconds{0});
}

TEST(Histogram, forgets_when_cleared) {
  Histogram histogram;
  histogram.record(milliseconds{3});
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.max(), microseconds{0});
}

TEST(StageStats, keeps_the_stages_apart) {
  StageStats stats;
  stats.record(Stage::encode, milliseconds{6});
  stats.record(Stage::wire, milliseconds{1});
  EXPECT_EQ(stats.figures(Stage::encode).count, 1u);
  EXPECT_EQ(stats.figures(Stage::encode).max, milliseconds{6});
  EXPECT_EQ(stats.figures(Stage::wire).p99, milliseconds{1});
  EXPECT_EQ(stats.figures(Stage::decode).count, 0u);
}

TEST(StageStats, takes_records_from_several_threads) {
  StageStats stats;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) stats.record(Stage::queue, microseconds{i});
      });
    }
  }
  EXPECT_EQ(stats.figures(Stage::queue).count, 4000u);
}

TEST(StageStats, every_stage_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < stage_count; ++i) names.insert(to_string(static_cast<Stage>(i)));
  EXPECT_EQ(names.size(), stage_count);
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace pf::session
