#include "core/session/packet_loss.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace pf::session {
namespace {

TEST(GapCounter, counts_nothing_on_a_clean_path) {
  GapCounter gaps;
  for (std::uint64_t i = 0; i < 20'000; ++i) gaps.arrived(i);
  EXPECT_EQ(gaps.lost(), 0u);
  EXPECT_EQ(gaps.expected(), 20'000u);
}

TEST(GapCounter, a_gap_counts_once_the_window_has_closed_over_it) {
  GapCounter gaps;
  gaps.arrived(0);
  for (std::uint64_t i = 3; i <= crypto::ReplayWindow::size; ++i) gaps.arrived(i);
  EXPECT_EQ(gaps.lost(), 0u);
  gaps.arrived(crypto::ReplayWindow::size + 1);
  EXPECT_EQ(gaps.lost(), 1u);
  gaps.arrived(crypto::ReplayWindow::size + 2);
  EXPECT_EQ(gaps.lost(), 2u);
  gaps.arrived(crypto::ReplayWindow::size + 3);
  EXPECT_EQ(gaps.lost(), 2u);
}

TEST(GapCounter, a_packet_that_comes_late_is_not_lost) {
  GapCounter gaps;
  for (std::uint64_t i = 1; i < 4000; ++i) gaps.arrived(i);
  gaps.arrived(0);
  for (std::uint64_t i = 4000; i < 10'000; ++i) gaps.arrived(i);
  EXPECT_EQ(gaps.lost(), 0u);
}

TEST(GapCounter, a_leap_loses_all_that_it_leaves_behind) {
  const std::uint64_t size = crypto::ReplayWindow::size;
  GapCounter gaps;
  for (std::uint64_t i = 0; i < 100; i += 2) gaps.arrived(i);
  gaps.arrived(1'000'000);
  EXPECT_EQ(gaps.lost(), 1'000'001 - size - 50);
  gaps.arrived((std::uint64_t{1} << 48) - 1);
  EXPECT_EQ(gaps.lost(), (std::uint64_t{1} << 48) - size - 51);
}

TEST(GapCounter, agrees_with_a_plain_count_over_random_losses_and_leaps) {
  std::mt19937_64 random(5);
  GapCounter gaps;
  std::uint64_t number = 0;
  std::uint64_t arrived = 0;
  for (int i = 0; i < 100'000; ++i) {
    number += random() % 1000 == 0 ? random() % 20'000 : 1 + random() % 2;
    gaps.arrived(number);
    ++arrived;
  }
  // A full window without a gap pushes every gap out.
  for (std::uint64_t i = 1; i <= crypto::ReplayWindow::size; ++i) gaps.arrived(number + i);
  EXPECT_EQ(gaps.lost(), number + 1 - arrived);
}

TEST(IntervalLoss, sees_a_loss_in_the_second_in_which_it_happened) {
  IntervalLoss meter;
  EXPECT_EQ(meter.take({.packets_received = 95, .packets_expected = 100}).lost, 5u);
  const auto second = meter.take({.packets_received = 185, .packets_expected = 200});
  EXPECT_EQ(second.received, 90u);
  EXPECT_EQ(second.lost, 10u);
  EXPECT_DOUBLE_EQ(second.share(), 0.1);
  EXPECT_EQ(meter.take({.packets_received = 185, .packets_expected = 200}).share(), 0.0);
}

TEST(IntervalLoss, packets_that_were_only_late_do_not_make_a_loss_negative) {
  IntervalLoss meter;
  meter.take({.packets_received = 90, .packets_expected = 100});
  EXPECT_EQ(meter.take({.packets_received = 200, .packets_expected = 200}).lost, 0u);
}

}  // namespace
}  // namespace pf::session
