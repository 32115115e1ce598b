#include <gtest/gtest.h>

#include "host/gamestream/video/fec_plan.h"

namespace pf::host::gamestream {
namespace {

FecPlan::Wanted share(std::size_t percent) {
  return [percent](std::size_t data) { return (data * percent + 99) / 100; };
}

TEST(FecPlan, a_client_counts_the_same_parity_for_every_size) {
  for (const std::size_t percent : {0, 5, 20, 77, 200})
    for (std::size_t packets = 1; packets <= FecPlan::max_blocks * FecPlan::max_bare_shards;
         packets += 1 + packets / 50) {
      const auto plan = FecPlan::make(packets, share(percent));
      ASSERT_TRUE(plan) << packets;
      std::size_t data = 0;
      for (const auto& block : plan->blocks()) {
        data += block.data;
        ASSERT_GT(block.data, 0U) << packets;
        ASSERT_EQ(block.parity, (block.data * block.percent + 99) / 100) << packets;
        ASSERT_LE(block.percent, 255U);
        if (block.parity != 0) {
          ASSERT_LE(block.data + block.parity, FecPlan::max_shards) << packets;
        }
        ASSERT_LE(block.data, FecPlan::max_bare_shards);
      }
      ASSERT_EQ(data, packets);
    }
}

TEST(FecPlan, a_small_frame_gets_its_least_parity) {
  const auto plan = FecPlan::make(1, [](std::size_t) { return 2; });
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->blocks()[0].percent, 200U);
  EXPECT_EQ(plan->blocks()[0].parity, 2U);
}

TEST(FecPlan, a_frame_takes_as_few_blocks_as_hold_its_parity) {
  EXPECT_EQ(FecPlan::make(212, share(20))->blocks().size(), 1U);
  EXPECT_EQ(FecPlan::make(213, share(20))->blocks().size(), 2U);
  EXPECT_EQ(FecPlan::make(848, share(20))->blocks().size(), 4U);
}

TEST(FecPlan, what_no_longer_fits_has_less_parity_and_then_none) {
  const auto less = FecPlan::make(960, share(20));
  ASSERT_TRUE(less);
  EXPECT_EQ(less->blocks().size(), 4U);
  EXPECT_GT(less->blocks()[0].parity, 10U);
  const auto none = FecPlan::make(2000, share(20));
  ASSERT_TRUE(none);
  EXPECT_EQ(none->packets(), 2000U);
  EXPECT_FALSE(FecPlan::make(0, share(20)));
  EXPECT_FALSE(FecPlan::make(4093, share(20)));
}

}  // namespace
}  // namespace pf::host::gamestream
