#include "core/session/fec_policy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

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
  EXPECT_EQ(last, 204u);
  const FecPolicy policy;
  // But for the step where the share alone is enough.
  for (std::size_t data = 1; data < 2000; ++data) {
    if (data == 256) continue;
    EXPECT_LE(policy.parity_for(data), policy.parity_for(data + 1)) << data;
  }
}

TEST(FecPolicy, stays_below_the_cap) {
  FecPolicy policy({.floor = 0.1, .cap = 0.5, .min_shards = 2});
  policy.on_loss(0.9);
  EXPECT_EQ(policy.parity_for(100), 54u);  // and a few packets for small frames
  EXPECT_EQ(policy.parity_for(1000), 500u);
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

TEST(FecPolicy, small_frames_get_more_than_their_share) {
  FecPolicy policy;
  policy.on_loss(0.05);
  // Worked out by hand: with 3 and 4 to spare, 9 packets of 5 data shards lose more with a chance of 0.00064 and
  // 0.00003.
  EXPECT_EQ(policy.parity_for(5), 4u);
  EXPECT_EQ(policy.parity_for(1), 3u);  // 1 - (1 - 0.05^4): all four lost
  EXPECT_LE(policy.parity_for(100), 20u);
}

TEST(FecPolicy, small_frames_are_repaired_but_for_one_in_thousands) {
  FecPolicy policy;
  policy.on_loss(0.05);
  std::mt19937_64 random(5);
  int beyond_repair = 0;
  constexpr int frames = 100'000;
  for (int frame = 0; frame < frames; ++frame) {
    const auto data = static_cast<std::size_t>(1 + frame % 20);
    const auto parity = policy.parity_for(data);
    std::size_t lost = 0;
    for (std::size_t packet = 0; packet < data + parity; ++packet) lost += random() % 20 == 0 ? 1 : 0;
    if (lost > parity) ++beyond_repair;
  }
  EXPECT_LT(beyond_repair, frames / 5'000);
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

}  // namespace
}  // namespace pf::session
