// Whole streams over bad networks, simulated: what people would see of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/simulated_stream.h"

namespace pf::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

SimulationOptions home_network() {
  SimulationOptions options;
  options.to_client.delay = options.to_host.delay = milliseconds{15};
  options.to_client.rate = {{Duration{0}, 1'000'000'000}};
  options.ceiling = 10_mbps;
  return options;
}

/// The first moment after `from` from which on the encoder has `mbps` for a second.
double reached(const StreamResult& result, double from, double mbps) {
  int in_a_row = 0;
  for (const auto& moment : result.moments) {
    if (moment.at_s < from) continue;
    in_a_row = moment.encoder_mbps >= mbps ? in_a_row + 1 : 0;
    if (in_a_row == 10) return moment.at_s - 0.9;
  }
  return 1e9;
}

// Ten minutes, but on an emulated processor.
TEST(Adaptation, minutes_at_five_percent_loss_and_30_ms_round_trip_have_no_stall) {
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(seed);
    auto options = home_network();
    options.to_client.loss = options.to_host.loss = 0.05;
    options.length = minutes{LONG_STREAM_MINUTES};
    options.seed = seed;
    const auto result = simulate(options);
    EXPECT_GE(result.host.frames, 3'600u * LONG_STREAM_MINUTES);
    EXPECT_EQ(result.client.stalls, 0u);
    EXPECT_LE(result.client.longest_stall, milliseconds{100});
    EXPECT_GE(result.share_in_time(), 0.999);
    EXPECT_LE(result.overhead(), 0.7);
  }
}

TEST(Adaptation, a_clean_network_costs_little_and_adds_nothing) {
  auto options = home_network();
  options.ceiling = 20_mbps;
  const auto result = simulate(options);
  EXPECT_EQ(result.client.lost, 0u);
  EXPECT_EQ(result.host.keyframes, 1u);
  EXPECT_LE(result.overhead(), 0.2);
  EXPECT_LE(result.latency_ms(0.99), 2);
}

TEST(Adaptation, a_step_from_50_to_10_and_back_is_followed) {
  auto options = home_network();
  options.ceiling = 40_mbps;
  options.length = seconds{30};
  options.to_client.rate = {{Duration{0}, 50'000'000}, {seconds{10}, 10'000'000}, {seconds{20}, 50'000'000}};
  const auto result = simulate(options);
  // One frame time after the other has to come through the narrow link's queue, and then no more.
  double worst = 0;
  for (const auto& moment : result.moments)
    if (moment.at_s > 11.5 && moment.at_s < 20) worst = std::max(worst, moment.worst_latency_ms);
  EXPECT_LE(worst, 60);
  EXPECT_LE(result.latency_ms(1), 260);
  EXPECT_LE(result.client.longest_stall, milliseconds{400});
  EXPECT_LE(result.client.stalls, 2u);
  EXPECT_LE(reached(result, 20, 32), 23) << "80% of the ceiling within three seconds";
  EXPECT_LE(reached(result, 10, 6), 13);
}

TEST(Adaptation, a_link_of_a_quarter_of_what_was_asked_for_streams_after_a_second) {
  auto options = home_network();
  options.ceiling = 40_mbps;
  options.length = seconds{20};
  options.to_client.rate = {{Duration{0}, 10'000'000}};
  const auto result = simulate(options);
  EXPECT_LE(result.client.stalls, 2u) << "one of them is the wait for the first picture";
  EXPECT_GE(result.share_in_time(), 0.95);
  EXPECT_LE(reached(result, 0, 6), 4);
}

TEST(Adaptation, bursts_get_parity_for_their_length) {
  for (const double run : {2.0, 5.0}) {
    auto options = home_network();
    options.ceiling = 20_mbps;
    options.to_client.bursts = {.enter = 0.03 / 0.97 / run, .leave = 1 / run};
    const auto ours = simulate(options);
    EXPECT_LE(ours.client.stalls, 1u) << run;
    EXPECT_GE(ours.share_in_time(), 0.998) << run;
    options.strategy = Strategy::fixed_parity;
    EXPECT_GE(simulate(options).client.stalls, 10u) << "or the network would be too easy, " << run;
  }
}

TEST(Adaptation, jitter_reordering_and_duplicates_neither_slow_it_down_nor_stop_it) {
  auto options = home_network();
  options.to_client.jitter = milliseconds{10};
  options.to_client.reorder = 0.02;
  options.to_client.duplicate = 0.02;
  const auto result = simulate(options);
  EXPECT_EQ(result.client.lost, 0u);
  EXPECT_EQ(result.client.stalls, 0u);
  EXPECT_GE(result.moments.back().encoder_mbps, 9.9);
}

// Packets that are held up tell nothing of the link: it is not taken for a slow one, over which frames had to be
// spread.
TEST(Adaptation, what_is_late_by_chance_is_met_as_soon_as_by_more_parity) {
  for (const auto& [jitter, reorder] : {std::pair{milliseconds{2}, 0.0},
                                        {milliseconds{10}, 0.0},
                                        {milliseconds{20}, 0.0},
                                        {milliseconds{0}, 0.01},
                                        {milliseconds{0}, 0.05}}) {
    SCOPED_TRACE(testing::Message() << jitter.count() << " ms, " << reorder);
    auto options = home_network();
    options.ceiling = 20_mbps;
    options.length = seconds{10};
    options.to_client.jitter = jitter;
    options.to_client.reorder = reorder;
    const auto ours = simulate(options);
    options.strategy = Strategy::fixed_parity;
    const auto fixed = simulate(options);
    EXPECT_LE(ours.latency_ms(0.5), fixed.latency_ms(0.5) + 1);
    EXPECT_LE(ours.latency_ms(0.99), fixed.latency_ms(0.99) + 1);
    EXPECT_LT(ours.overhead(), fixed.overhead());
    EXPECT_GE(ours.moments.back().encoder_mbps, 19.9);
  }
}

TEST(Adaptation, is_the_same_for_the_same_seed) {
  auto options = home_network();
  options.to_client.loss = 0.1;
  options.length = seconds{10};
  const auto once = simulate(options);
  const auto again = simulate(options);
  EXPECT_EQ(once.host.wire_bytes, again.host.wire_bytes);
  EXPECT_EQ(once.client.added_latency_ms, again.client.added_latency_ms);
  options.seed = 2;
  EXPECT_NE(once.host.wire_bytes, simulate(options).host.wire_bytes);
}

}  // namespace
}  // namespace pf::test
