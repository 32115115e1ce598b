#include "support/impairment.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace pf::test {
namespace {

constexpr TimePoint start{std::chrono::seconds{10}};
constexpr Duration gap = microseconds{100};

std::vector<Impairment::Fate> run(Impairment& model, int packets, std::size_t bytes = 1000) {
  std::vector<Impairment::Fate> fates;
  for (int i = 0; i < packets; ++i) fates.push_back(model.offer(start + i * gap, bytes));
  return fates;
}

TEST(Impairment, a_clean_path_delivers_at_once_and_in_order) {
  Impairment model({}, start);
  const auto fates = run(model, 100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(fates[static_cast<std::size_t>(i)].copies, 1u);
    EXPECT_EQ(fates[static_cast<std::size_t>(i)].arrivals[0], start + i * gap);
  }
}

TEST(Impairment, the_same_seed_gives_the_same_network) {
  const ImpairmentOptions options{.seed = 9, .loss = 0.1, .jitter = milliseconds{3}, .reorder = 0.1, .duplicate = 0.1};
  Impairment one(options, start);
  Impairment two(options, start);
  const auto a = run(one, 1000);
  const auto b = run(two, 1000);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].copies, b[i].copies);
    EXPECT_EQ(a[i].arrivals, b[i].arrivals);
  }
  Impairment other({.seed = 10, .loss = 0.1}, start);
  run(other, 1000);
  EXPECT_NE(one.counters().lost, 0u);
}

TEST(Impairment, loses_the_share_that_was_asked_for) {
  Impairment model({.loss = 0.05}, start);
  run(model, 100'000);
  EXPECT_NEAR(static_cast<double>(model.counters().lost), 5000, 300);
}

TEST(Impairment, one_setting_does_not_change_what_another_hits) {
  Impairment plain({.seed = 4, .loss = 0.2}, start);
  Impairment busy({.seed = 4, .loss = 0.2, .jitter = milliseconds{9}, .reorder = 0.3, .duplicate = 0.3}, start);
  const auto a = run(plain, 1000);
  const auto b = run(busy, 1000);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].copies == 0, b[i].copies == 0);
}

TEST(Impairment, bursts_lose_several_in_a_row) {
  Impairment model({.bursts = {.enter = 0.01, .leave = 0.2, .loss = 1.0}}, start);
  const auto fates = run(model, 100'000);
  int bursts = 0;
  bool before = false;
  for (const auto& fate : fates) {
    if (fate.copies == 0 && !before) ++bursts;
    before = fate.copies == 0;
  }
  const auto mean = static_cast<double>(model.counters().lost) / bursts;
  EXPECT_NEAR(mean, 5.0, 0.7);  // 1 / leave
}

TEST(Impairment, delay_and_jitter_keep_the_order) {
  Impairment model({.delay = milliseconds{5}, .jitter = milliseconds{3}}, start);
  const auto fates = run(model, 5000);
  TimePoint last = start;
  for (int i = 0; i < 5000; ++i) {
    const auto arrival = fates[static_cast<std::size_t>(i)].arrivals[0];
    const auto took = arrival - (start + i * gap);
    EXPECT_GE(took, milliseconds{5});
    EXPECT_LE(took, milliseconds{8} + gap);
    EXPECT_GE(arrival, last);
    last = arrival;
  }
}

TEST(Impairment, a_packet_that_is_held_back_is_overtaken) {
  Impairment model({.reorder = 0.02, .reorder_by = milliseconds{2}}, start);
  const auto fates = run(model, 10'000);
  std::multimap<TimePoint, int> arrivals;
  for (int i = 0; i < 10'000; ++i) arrivals.emplace(fates[static_cast<std::size_t>(i)].arrivals[0], i);
  int newest = -1;
  std::uint64_t overtaken = 0;
  for (const auto& [at, index] : arrivals) {
    if (index < newest) ++overtaken;
    newest = std::max(newest, index);
  }
  EXPECT_NEAR(static_cast<double>(overtaken), 200, 50);
  EXPECT_NEAR(static_cast<double>(model.counters().held_back), 200, 50);
}

TEST(Impairment, duplicates_come_twice) {
  Impairment model({.duplicate = 0.1}, start);
  run(model, 10'000);
  EXPECT_NEAR(static_cast<double>(model.counters().duplicated), 1000, 120);
}

TEST(Impairment, a_rate_limit_spaces_packets_and_drops_what_its_queue_cannot_hold) {
  // 8 Mbit/s carry one packet of 1,000 bytes a millisecond; ten times as many are offered.
  Impairment model({.rate = {{Duration{0}, 8'000'000}}, .queue_bytes = 10'000}, start);
  const auto fates = run(model, 1000);
  std::size_t delivered = 0;
  TimePoint last = start;
  for (const auto& fate : fates) {
    if (fate.copies == 0) continue;
    ++delivered;
    EXPECT_GE(fate.arrivals[0] - last, microseconds{999});
    last = fate.arrivals[0];
  }
  EXPECT_NEAR(static_cast<double>(delivered), 110, 3);
  EXPECT_EQ(model.counters().overflow, 1000 - delivered);
}

TEST(Impairment, the_rate_steps_when_it_is_told_to) {
  Impairment model({.rate = {{milliseconds{50}, 8'000'000}, {milliseconds{80}, 0}}, .queue_bytes = 5000}, start);
  run(model, 1000);
  EXPECT_EQ(Impairment({.rate = {{milliseconds{50}, 1}}}, start).offer(start, 99).arrivals[0], start);
  EXPECT_EQ(model.offer(start + milliseconds{101}, 1000).arrivals[0], start + milliseconds{101});
  EXPECT_NEAR(static_cast<double>(model.counters().overflow), 300 - 35, 5);
}

TEST(Impairment, an_outage_cuts_everything_for_its_time) {
  Impairment model({.outages = {{milliseconds{10}, milliseconds{20}}}}, start);
  run(model, 1000);
  EXPECT_EQ(model.counters().cut, 100u);
  model.cut(true);
  EXPECT_EQ(model.offer(start + milliseconds{200}, 10).copies, 0u);
  model.cut(false);
  EXPECT_EQ(model.offer(start + milliseconds{201}, 10).copies, 1u);
}

}  // namespace
}  // namespace pf::test
