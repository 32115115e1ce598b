// The pacer alone: what leaves when, on links that are told to it.
#include "core/rate/packet_pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pf::rate {
namespace {

constexpr Duration interval = microseconds{16'667};

struct Burst {
  Duration at;
  std::size_t bytes;
};

/// Sends all that waits, each burst `late` after it is due.
std::vector<Burst> drain(PacketPacer& pacer, TimePoint start, Duration late = {}) {
  std::vector<Burst> bursts;
  TimePoint now = start;
  while (pacer.waiting() > 0) {
    now = std::max(now, pacer.due() + (bursts.empty() ? Duration{} : late));
    const auto bytes = std::min(pacer.burst(), pacer.waiting());
    bursts.push_back({now - start, bytes});
    pacer.sent(now, bytes);
  }
  return bursts;
}

const TimePoint start{std::chrono::seconds{5}};

TEST(PacketPacer, a_frame_of_one_batch_leaves_at_once_on_a_clean_link) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 50_mbps});
  pacer.begin_frame(start, 55'000);
  const auto bursts = drain(pacer, start);
  ASSERT_EQ(bursts.size(), 1u);
  EXPECT_EQ(bursts[0].at, Duration{});
}

TEST(PacketPacer, a_keyframe_has_left_after_half_an_interval_on_a_clean_link) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 20_mbps});  // by which it would take 200 ms
  pacer.begin_frame(start, 500'000);
  const auto bursts = drain(pacer, start);
  EXPECT_GT(bursts.size(), 5u);
  EXPECT_LE(bursts.back().at, interval / 2);
  EXPECT_GE(bursts.back().at, interval / 3);
}

TEST(PacketPacer, a_fast_link_gets_a_keyframe_as_fast_as_it_takes_it) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 2000_mbps});
  pacer.begin_frame(start, 500'000);
  EXPECT_LE(drain(pacer, start).back().at, milliseconds{2});
}

TEST(PacketPacer, what_the_link_takes_in_a_millisecond_leaves_at_once_in_however_many_batches) {
  constexpr std::size_t batch = 60'000;
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 2000_mbps});
  pacer.begin_frame(start, 400'000);
  for (std::size_t sent = 0; sent < 240'000; sent += batch) {
    EXPECT_LE(pacer.due(), start);
    EXPECT_GE(pacer.burst(), std::min(batch, 250'000 - sent));
    pacer.sent(start, batch);
  }
  pacer.sent(start, pacer.burst());
  EXPECT_EQ(pacer.due(), start + milliseconds{1});
}

TEST(PacketPacer, what_is_dropped_holds_up_nothing) {
  PacketPacer pacer(interval);
  pacer.begin_frame(start, 300'000);
  pacer.dropped(300'000);
  pacer.begin_frame(start + interval, 50'000);
  EXPECT_LE(pacer.due(), start + interval);
  EXPECT_GE(pacer.burst(), 50'000u);
}

TEST(PacketPacer, a_known_link_gets_a_keyframe_at_its_own_rate_over_three_intervals_at_most) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 20_mbps, .known = true});
  pacer.begin_frame(start, 60'000);
  auto bursts = drain(pacer, start);
  EXPECT_TRUE(std::ranges::all_of(bursts, [](const Burst& burst) { return burst.bytes <= 6'000; }));
  EXPECT_GE(bursts.back().at, milliseconds{19});  // 60,000 bytes take 24 ms
  pacer.begin_frame(start, 500'000);
  EXPECT_LE(drain(pacer, start).back().at, 3 * interval);
}

TEST(PacketPacer, a_known_fast_link_gets_every_batch_of_a_frame_at_once) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = {5'000'000'000}, .known = true});
  pacer.begin_frame(start, 300'000);
  EXPECT_EQ(drain(pacer, start).back().at, Duration{});
}

TEST(PacketPacer, a_strained_link_gets_small_bursts_over_a_whole_interval_at_most) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 20_mbps, .strained = true});
  pacer.begin_frame(start, 60'000);
  const auto bursts = drain(pacer, start);
  EXPECT_TRUE(std::ranges::all_of(bursts, [](const Burst& burst) { return burst.bytes <= 6'000; }));
  EXPECT_LE(bursts.back().at, interval);
  EXPECT_GE(bursts.back().at, interval * 3 / 4);
}

TEST(PacketPacer, a_frame_that_meets_the_last_ones_rest_takes_it_along_in_its_own_time) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 10_mbps, .strained = true});
  pacer.begin_frame(start, 100'000);
  const auto first = pacer.burst();
  pacer.sent(start, first);
  const auto next = start + interval / 2;
  pacer.begin_frame(next, 20'000);
  EXPECT_EQ(pacer.waiting(), 120'000 - first);
  EXPECT_LE(drain(pacer, next).back().at, interval + milliseconds{1});
}

TEST(PacketPacer, timers_that_come_late_stretch_a_frame_by_little) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 20_mbps, .strained = true});
  pacer.begin_frame(start, 120'000);
  EXPECT_LE(drain(pacer, start, microseconds{300}).back().at, interval + milliseconds{1});
}

TEST(PacketPacer, a_pause_is_no_credit) {
  PacketPacer pacer(interval);
  pacer.set_link({.rate = 20_mbps, .strained = true});
  pacer.begin_frame(start, 60'000);
  drain(pacer, start);
  const auto later = start + std::chrono::seconds{10};
  pacer.begin_frame(later, 60'000);
  EXPECT_GE(drain(pacer, later).back().at, interval * 3 / 4);
}

}  // namespace
}  // namespace pf::rate
