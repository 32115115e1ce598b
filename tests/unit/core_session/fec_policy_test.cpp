#include "core/session/fec_policy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/fec/reed_solomon16.h"

namespace pf::session {
namespace {

FecPolicy policy_for(double share, double mean_run = 1) {
  FecPolicy policy;
  policy.set_loss({.share = share, .mean_run = mean_run});
  return policy;
}

/// Frames of `data` shards that lose more than their parity, on a path of Gilbert's kind.
int beyond_repair(FecPolicy& policy, double share, double mean_run, int frames, std::size_t smallest,
                  std::size_t largest) {
  std::mt19937_64 random(5);
  const auto chance = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const double leave = 1 / mean_run;
  const double enter = share * leave / (1 - share);
  bool bad = false;
  int count = 0;
  for (int frame = 0; frame < frames; ++frame) {
    const auto data = smallest + random() % (largest - smallest + 1);
    const auto parity = policy.parity_for(data);
    std::size_t lost = 0;
    for (std::size_t packet = 0; packet < data + parity; ++packet) {
      bad = bad ? chance() >= leave : chance() < enter;
      lost += bad ? 1 : 0;
    }
    count += lost > parity ? 1 : 0;
  }
  return count;
}

TEST(FecPolicy, a_clean_path_gets_the_floor) {
  FecPolicy policy({.floor = 0.2});
  EXPECT_EQ(policy.parity_for(100), 20u);
  EXPECT_EQ(policy.parity_for(101), 21u);
  EXPECT_EQ(policy.parity_for(35), 7u);
  EXPECT_EQ(policy.parity_for(1000), 200u);
}

TEST(FecPolicy, even_one_packet_gets_the_minimum) {
  FecPolicy policy;
  EXPECT_EQ(policy.parity_for(1), 2u);
  EXPECT_EQ(policy.parity_for(3), 2u);
}

TEST(FecPolicy, parity_never_falls_as_loss_runs_or_data_grow) {
  std::size_t last = 0;
  for (double loss = 0; loss <= 1.0; loss += 0.01) {
    auto policy = policy_for(loss);
    EXPECT_GE(policy.parity_for(200), last);
    last = policy.parity_for(200);
  }
  EXPECT_EQ(last, 204u);
  last = 0;
  for (double run = 1.1; run < 20; run += 0.5) {
    auto policy = policy_for(0.03, run);
    EXPECT_GE(policy.parity_for(100), last) << run;
    last = policy.parity_for(100);
  }
  auto policy = policy_for(0.05, 2);
  // But for the step from the exact distribution to the normal one, which asks for a little more.
  for (std::size_t data = 1; data < 2000; ++data)
    EXPECT_LE(policy.parity_for(data), policy.parity_for(data + 1)) << data;
}

TEST(FecPolicy, stays_below_the_cap) {
  FecPolicy policy({.floor = 0.1, .cap = 0.5, .min_shards = 2});
  policy.set_loss({.share = 0.9});
  EXPECT_EQ(policy.parity_for(1000), 500u);
  EXPECT_LE(policy.parity_for(100), 50u + 20u);  // and a few packets for small frames, which long runs ask for
}

TEST(FecPolicy, small_frames_get_more_than_their_share) {
  auto policy = policy_for(0.05);
  const double small = static_cast<double>(policy.parity_for(5)) / 5;
  EXPECT_GE(policy.parity_for(5), 5u);
  EXPECT_LT(static_cast<double>(policy.parity_for(100)) / 100, small / 2);
  EXPECT_LT(static_cast<double>(policy.parity_for(1000)) / 1000, 0.12);
}

TEST(FecPolicy, independent_losses_leave_no_frame_of_half_a_million_beyond_repair) {
  for (const double share : {0.01, 0.05, 0.10}) {
    auto policy = policy_for(share);
    EXPECT_LE(beyond_repair(policy, share, 1 / (1 - share), 400'000, 10, 60), 2) << share;
    EXPECT_LE(beyond_repair(policy, share, 1 / (1 - share), 10'000, 250, 1000), 0) << share;
  }
}

TEST(FecPolicy, runs_get_the_parity_that_they_need) {
  auto independent = policy_for(0.03, 1 / 0.97);
  auto in_runs = policy_for(0.03, 4);
  EXPECT_GT(in_runs.parity_for(80), independent.parity_for(80) * 3 / 2);
  EXPECT_LE(beyond_repair(in_runs, 0.03, 4, 200'000, 40, 200), 2);
  EXPECT_LE(beyond_repair(in_runs, 0.03, 4, 10'000, 300, 600), 1);
  // The same share in single losses would be too little for them.
  EXPECT_GT(beyond_repair(independent, 0.03, 4, 200'000, 40, 200), 20);
}

TEST(FecPolicy, losses_that_make_no_sense_are_taken_for_the_nearest_that_do) {
  FecPolicy policy;
  const auto clean = policy.parity_for(100);
  policy.set_loss({.share = -1, .mean_run = -1});
  EXPECT_EQ(policy.parity_for(100), clean);
  policy.set_loss({.share = std::numeric_limits<double>::quiet_NaN(), .mean_run = std::nan("")});
  EXPECT_EQ(policy.parity_for(100), clean);
  policy.set_loss({.share = 55, .mean_run = 1e300});
  EXPECT_EQ(policy.parity_for(1000), 1000u);
}

TEST(FecPolicy, every_shape_it_asks_for_exists) {
  FecPolicy policy({.floor = 3.0, .cap = 9.0, .min_shards = 9});
  for (std::size_t data = 1; data <= fec::max_block_shards; data += data / 50 + 1) {
    ASSERT_TRUE(fec::block_fits(data, policy.parity_for(data))) << data;
    ASSERT_TRUE(fec::block_fits(data, max_parity_for(data))) << data;
    ASSERT_LE(policy.parity_for(data), max_parity_for(data));
  }
  EXPECT_TRUE(fec::block_fits(fec::max_block_shards, max_parity_for(fec::max_block_shards)));
  EXPECT_EQ(max_parity_for(1'000'000), 0u);
}

TEST(LossEstimate, rises_at_once_and_falls_slowly) {
  LossEstimate estimate;
  const auto report = [&](double lost, double runs) { estimate.on_interval(100 - lost, lost, runs, milliseconds{50}); };
  for (int i = 0; i < 1200; ++i) report(0, 0);
  EXPECT_LT(estimate.model().share, 0.003);
  for (int i = 0; i < 6; ++i) report(20, 20);
  EXPECT_GT(estimate.model().share, 0.08) << "0.3 s of it";
  for (int i = 0; i < 20; ++i) report(20, 20);
  EXPECT_NEAR(estimate.model().share, 0.2, 0.05);
  for (int i = 0; i < 20; ++i) report(0, 0);
  EXPECT_GT(estimate.model().share, 0.015) << "a second later";
  for (int i = 0; i < 1200; ++i) report(0, 0);
  EXPECT_LT(estimate.model().share, 0.003);
}

TEST(LossEstimate, tells_runs_from_single_losses) {
  LossEstimate single;
  LossEstimate runs;
  for (int i = 0; i < 200; ++i) {
    single.on_interval(95, 5, 5, milliseconds{50});
    runs.on_interval(95, 5, 1, milliseconds{50});
  }
  EXPECT_NEAR(single.model().mean_run, 1, 0.1);
  EXPECT_NEAR(runs.model().mean_run, 5, 0.5);
}

TEST(LossEstimate, an_interval_that_makes_no_sense_is_ignored) {
  LossEstimate estimate;
  const auto before = estimate.model();
  estimate.on_interval(-1, 0, 0, milliseconds{50});
  estimate.on_interval(std::numeric_limits<double>::infinity(), 1, 1, milliseconds{50});
  EXPECT_EQ(estimate.model(), before);
  estimate.on_interval(0, 1e300, 1e300, Duration::min());
  EXPECT_LE(estimate.model().share, 1);
}

}  // namespace
}  // namespace pf::session
