#include "host/linux/encode/x264_policy.h"

#include <gtest/gtest.h>

namespace pf::host::x264 {
namespace {

constexpr Mode hd{1920, 1080, 60'000};

TEST(X264Policy, the_buffer_is_one_frame_interval_where_a_keyframe_fits_into_it) {
  EXPECT_EQ(rate_control(hd, 60_mbps).buffer_bits, 1'000'000);
}

TEST(X264Policy, a_low_bitrate_leaves_a_keyframe_more_than_one_interval_but_no_more_than_50_ms) {
  EXPECT_NEAR(rate_control(hd, 20_mbps).buffer_bits, 1920 * 1080 * 2 / 5, 1);
  EXPECT_EQ(rate_control(hd, 2_mbps).buffer_bits, 100'000);
}

TEST(X264Policy, a_refresh_spreads_a_keyframe_that_would_be_a_burst_over_units_of_one_interval) {
  EXPECT_EQ(refresh_units(hd, 20_mbps), 5u);
  EXPECT_EQ(refresh_rate_control(hd, 20_mbps).buffer_bits, 20'000'000 / 60);
  EXPECT_EQ(refresh_units(hd, 60_mbps), 1u) << "a keyframe fits into an interval";
  EXPECT_EQ(refresh_units(hd, 40_mbps), 1u) << "and here into one and a quarter";
}

TEST(X264Policy, a_refresh_ends_within_a_tenth_of_a_second) {
  for (const std::uint32_t mhz : {30'000u, 60'000u, 144'000u, 500'000u})
    EXPECT_LT((refresh_units({3840, 2160, mhz}, 1_mbps) - 1) * 10'000, mhz) << mhz;
}

TEST(X264Policy, a_bitrate_out_of_reason_is_brought_within) {
  EXPECT_EQ(rate_control(hd, Bitrate{0}).bits_per_second, 100'000);
  const RateControl most = rate_control({320, 200, 1'000}, Bitrate{~0ull});
  EXPECT_EQ(most.bits_per_second, 2'000'000'000);
  EXPECT_EQ(most.buffer_bits, 2'000'000'000);
}

TEST(X264Policy, threads_follow_the_size_and_stop_at_the_cores) {
  EXPECT_EQ(threads({320, 200, 60'000}, 0, 8), 1u);
  EXPECT_EQ(threads({1280, 720, 60'000}, 0, 8), 4u);
  EXPECT_EQ(threads(hd, 0, 2), 2u);
  EXPECT_EQ(threads(hd, 3, 2), 3u);
  EXPECT_EQ(threads(hd, 0, 0), 1u);
}

TEST(X264Policy, the_better_preset_is_taken_where_there_is_time_for_it) {
  EXPECT_STREQ(preset({1280, 720, 60'000}, 2), "superfast");
  EXPECT_STREQ(preset(hd, 2), "ultrafast");
  EXPECT_STREQ(preset(hd, 8), "superfast");
}

TEST(X264Policy, references_are_kept_for_as_long_as_a_loss_takes_to_be_heard_of) {
  EXPECT_EQ(kept_references(hd, 0), 8u);
  EXPECT_EQ(kept_references({1280, 720, 30'000}, 0), 4u);
  EXPECT_EQ(kept_references({1280, 720, 120'000}, 0), 16u);
  EXPECT_EQ(kept_references({1280, 720, 500'000}, 0), 16u) << "H.264 has no more";
  EXPECT_EQ(kept_references({320, 200, 1'000}, 0), 1u);
}

TEST(X264Policy, no_more_references_are_kept_than_the_client_can) {
  EXPECT_EQ(kept_references(hd, 1), 1u);
  EXPECT_EQ(kept_references(hd, 4), 4u);
  EXPECT_EQ(kept_references(hd, 16), 8u);
}

TEST(X264Policy, decoders_need_not_hold_more_than_level_5_1_asks_of_them) {
  EXPECT_EQ(kept_references({3840, 2160, 60'000}, 0), 5u);
  EXPECT_EQ(kept_references({7680, 4320, 60'000}, 0), 1u);
}

}  // namespace
}  // namespace pf::host::x264
