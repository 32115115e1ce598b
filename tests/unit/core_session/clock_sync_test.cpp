#include "core/session/clock_sync.h"

#include <gtest/gtest.h>

#include <random>

namespace pf::session {
namespace {

constexpr std::uint64_t start_us = 1'000'000'000;

// A ping that took `out` to the host and `back`, whose clock is `offset` ahead.
void exchange(ClockSync& sync, std::uint64_t sent_us, std::int64_t offset, std::uint64_t out, std::uint64_t back,
              std::uint64_t at_host = 50) {
  wire::ClockPong pong;
  pong.client_send_us = sent_us;
  pong.host_receive_us = sent_us + out + static_cast<std::uint64_t>(offset);
  pong.host_send_us = pong.host_receive_us + at_host;
  sync.on_pong(pong, from_micros(sent_us + out + at_host + back));
}

TEST(ClockSync, knows_nothing_before_the_first_pong) {
  const ClockSync sync;
  EXPECT_EQ(sync.offset_us(), std::nullopt);
  EXPECT_EQ(sync.round_trip(), std::nullopt);
  EXPECT_EQ(sync.to_local(5, from_micros(start_us)), std::nullopt);
}

TEST(ClockSync, a_symmetric_path_gives_the_exact_offset) {
  for (const std::int64_t offset : std::initializer_list<std::int64_t>{0, 1'000'000, -900'000'000, 5'000'000'000}) {
    ClockSync sync;
    exchange(sync, start_us, offset, 400, 400);
    EXPECT_EQ(sync.offset_us(), offset);
    EXPECT_EQ(sync.round_trip(), microseconds{800});
  }
}

TEST(ClockSync, believes_the_fastest_of_the_window) {
  ClockSync sync;
  exchange(sync, start_us, 1000, 9000, 300);
  exchange(sync, start_us, 1000, 250, 250);
  exchange(sync, start_us, 1000, 300, 7000);
  EXPECT_EQ(sync.offset_us(), 1000);
  EXPECT_EQ(sync.round_trip(), microseconds{500});
}

TEST(ClockSync, follows_a_clock_that_drifts) {
  // 100 ppm apart for an hour, a ping every 500 ms, queues now and then.
  ClockSync sync;
  std::mt19937_64 random(3);
  std::int64_t offset = 0;
  for (std::uint64_t i = 0; i < 7200; ++i) {
    offset = static_cast<std::int64_t>(i * 50);
    exchange(sync, start_us + i * 500'000, offset, 200 + random() % 3000, 200 + random() % 3000);
    if (i > 16) {
      ASSERT_NEAR(static_cast<double>(*sync.offset_us()), static_cast<double>(offset), 2000);
    }
  }
}

TEST(ClockSync, ignores_pongs_that_contradict_themselves) {
  ClockSync sync;
  exchange(sync, start_us, 77, 100, 100);
  wire::ClockPong pong{.id = 0, .client_send_us = start_us + 500, .host_receive_us = 9, .host_send_us = 9};
  sync.on_pong(pong, from_micros(start_us));  // back before it was sent
  pong = {.id = 0, .client_send_us = start_us, .host_receive_us = 100, .host_send_us = 50};
  sync.on_pong(pong, from_micros(start_us + 10));  // sent before it came
  pong = {.id = 0, .client_send_us = start_us, .host_receive_us = 0, .host_send_us = ~std::uint64_t{0} / 2};
  sync.on_pong(pong, from_micros(start_us + 10));  // at the host for longer than it was away
  pong = {.id = 0, .client_send_us = 0, .host_receive_us = 0, .host_send_us = 0};
  sync.on_pong(pong, from_micros(start_us));  // a quarter of an hour on the way
  EXPECT_EQ(sync.offset_us(), 77);
  EXPECT_EQ(sync.round_trip(), microseconds{200});
}

TEST(ClockSync, takes_any_host_clock_at_all) {
  ClockSync sync;
  wire::ClockPong pong{
      .id = 0, .client_send_us = start_us, .host_receive_us = ~std::uint64_t{0}, .host_send_us = ~std::uint64_t{0}};
  sync.on_pong(pong, from_micros(start_us + 10));
  ASSERT_TRUE(sync.offset_us());
  EXPECT_TRUE(sync.to_local(0, from_micros(start_us)));
}

TEST(ClockSync, unwraps_a_timestamp_to_the_one_nearest) {
  const std::int64_t offset = 123'456'789;
  ClockSync sync;
  exchange(sync, start_us, offset, 100, 100);
  // Around many wraps of 2^32 us, a capture 20 ms ago is found 20 ms ago.
  for (std::uint64_t now_us = start_us; now_us < start_us + 40'000'000'000; now_us += 777'777'777) {
    const auto captured = now_us - 20'000;
    const auto on_the_wire = static_cast<std::uint32_t>(captured + static_cast<std::uint64_t>(offset));
    EXPECT_EQ(sync.to_local(on_the_wire, from_micros(now_us)), from_micros(captured));
  }
}

}  // namespace
}  // namespace pf::session
