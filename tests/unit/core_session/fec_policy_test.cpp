#include "core/session/fec_policy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/fec/reed_solomon16.h"

namespace pf::session {
namespace {

TEST(FecPolicy, a_clean_path_gets_the_floor) {
  const FecPolicy policy;
  EXPECT_EQ(policy.parity_for(100), 20u);
  EXPECT_EQ(policy.parity_for(101), 21u);
  EXPECT_EQ(policy.parity_for(35), 7u);
}

TEST(FecPolicy, even_one_packet_gets_the_minimum) {
  const FecPolicy policy;
  EXPECT_EQ(policy.parity_for(1), 2u);
  EXPECT_EQ(policy.parity_for(10), 2u);
}

TEST(FecPolicy, parity_never_falls_as_loss_or_data_grow) {
  std::size_t last = 0;
  for (double loss = 0; loss <= 1.0; loss += 0.01) {
    FecPolicy policy;
    policy.on_loss(loss);
    EXPECT_GE(policy.parity_for(200), last);
    last = policy.parity_for(200);
  }
  EXPECT_EQ(last, 200u);
  const FecPolicy policy;
  for (std::size_t data = 1; data < 2000; ++data) EXPECT_LE(policy.parity_for(data), policy.parity_for(data + 1));
}

TEST(FecPolicy, stays_below_the_cap) {
  FecPolicy policy({.floor = 0.1, .cap = 0.5, .min_shards = 2});
  policy.on_loss(0.9);
  EXPECT_EQ(policy.parity_for(100), 50u);
}

TEST(FecPolicy, loss_rises_at_once_and_falls_slowly) {
  FecPolicy policy;
  policy.on_loss(0.2);
  const auto raised = policy.parity_for(100);
  EXPECT_GE(raised, 40u);
  policy.on_loss(0.0);
  EXPECT_GT(policy.parity_for(100), 30u);
  EXPECT_LT(policy.parity_for(100), raised);
  for (int i = 0; i < 60; ++i) policy.on_loss(0.0);
  EXPECT_EQ(policy.parity_for(100), 20u);
}

TEST(FecPolicy, leaves_headroom_over_the_average_loss) {
  // 10% lost on average: a block of 100 rarely loses more than three deviations above that.
  FecPolicy policy;
  policy.on_loss(0.10);
  const auto parity = static_cast<double>(policy.parity_for(100));
  EXPECT_GT(parity, 0.1 * (100 + parity) + 3 * std::sqrt((100 + parity) * 0.1 * 0.9));
}

TEST(FecPolicy, ignores_reports_that_make_no_sense) {
  FecPolicy policy;
  policy.on_loss(-1);
  policy.on_loss(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(policy.parity_for(100), 20u);
  policy.on_loss(55);
  EXPECT_EQ(policy.parity_for(100), 100u);
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

}  // namespace
}  // namespace pf::session
