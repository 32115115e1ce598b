#include "client/play/jitter_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace pf::client {
namespace {

using Kind = JitterBuffer::Step::Kind;

std::array<std::byte, 2> bytes_of(std::uint32_t id) {
  return {std::byte(id & 0xFF), std::byte(id >> 8 & 0xFF)};
}

session::UnitBytes packet(std::uint32_t id) {
  return session::UnitBytes::copy_of(bytes_of(id));
}

class JitterBufferTest : public testing::Test {
 protected:
  void arrive(std::uint32_t first, std::uint32_t last) {
    for (auto id = first; id <= last; ++id) buffer.put({id}, packet(id));
  }
  /// Sound arrives and is played one for one, `count` times.
  void run(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      buffer.put({newest}, packet(newest));
      ++newest;
      (void)buffer.next();
    }
  }

  JitterBuffer buffer;
  std::uint32_t newest = 1;
};

TEST_F(JitterBufferTest, begins_when_twenty_milliseconds_are_there) {
  arrive(1, 3);
  EXPECT_EQ(buffer.next().kind, Kind::silence);
  arrive(4, 4);
  const auto step = buffer.next();
  EXPECT_EQ(step.kind, Kind::play);
  EXPECT_EQ(step.packet, bytes_of(1));
}

TEST_F(JitterBufferTest, puts_packets_into_order) {
  for (const std::uint32_t id : {1U, 4U, 2U, 3U}) buffer.put({id}, packet(id));
  for (const std::uint32_t id : {1U, 2U, 3U, 4U}) EXPECT_EQ(buffer.next().packet, bytes_of(id));
}

TEST_F(JitterBufferTest, a_lost_packet_is_concealed_and_the_rest_keeps_its_time) {
  arrive(1, 1);
  arrive(3, 5);
  EXPECT_EQ(buffer.next().packet, bytes_of(1));
  EXPECT_EQ(buffer.next().kind, Kind::conceal);
  EXPECT_EQ(buffer.next().packet, bytes_of(3));
  EXPECT_EQ(buffer.counters().concealed, 1u);
}

TEST_F(JitterBufferTest, what_comes_after_its_turn_is_dropped) {
  arrive(1, 1);
  arrive(3, 5);
  (void)buffer.next();
  (void)buffer.next();
  buffer.put({2}, packet(2));
  EXPECT_EQ(buffer.counters().late, 1u);
  EXPECT_EQ(buffer.next().packet, bytes_of(3));
}

TEST_F(JitterBufferTest, a_packet_that_comes_twice_plays_once) {
  arrive(1, 4);
  arrive(1, 4);
  for (const std::uint32_t id : {1U, 2U, 3U, 4U}) EXPECT_EQ(buffer.next().packet, bytes_of(id));
  EXPECT_EQ(buffer.depth(), 0u);
}

TEST_F(JitterBufferTest, an_underrun_fades_out_and_waits_for_more_than_before) {
  arrive(1, 4);
  for (int i = 0; i < 4; ++i) (void)buffer.next();
  EXPECT_EQ(buffer.next().kind, Kind::fade_out);
  EXPECT_EQ(buffer.target(), 6u);
  arrive(5, 9);
  EXPECT_EQ(buffer.next().kind, Kind::silence);
  arrive(10, 10);
  EXPECT_EQ(buffer.next().packet, bytes_of(5));
  EXPECT_EQ(buffer.counters().underruns, 1u);
}

TEST_F(JitterBufferTest, never_waits_for_more_than_its_most) {
  for (int i = 0; i < 100; ++i) {
    const auto target = static_cast<std::uint32_t>(buffer.target());
    arrive(newest, newest + target - 1);
    newest += target;
    while (buffer.next().kind != Kind::fade_out) {
    }
  }
  EXPECT_EQ(buffer.target(), JitterBuffer::Options{}.most);
}

TEST_F(JitterBufferTest, shrinks_again_when_the_network_is_calm) {
  arrive(1, 4);
  newest = 5;
  for (int i = 0; i < 5; ++i) (void)buffer.next();  // an underrun
  ASSERT_EQ(buffer.target(), 6u);
  run(5000);
  EXPECT_EQ(buffer.target(), 4u);
  EXPECT_EQ(buffer.counters().underruns, 1u);
}

TEST_F(JitterBufferTest, slack_goes_away_in_small_steps) {
  arrive(1, 14);
  newest = 15;
  run(3000);
  EXPECT_LE(buffer.depth(), buffer.target() + 1);
  EXPECT_GE(buffer.depth() + 1, buffer.target());
  EXPECT_GT(buffer.counters().merged, 5u);
  EXPECT_EQ(buffer.counters().underruns, 0u);
  EXPECT_EQ(buffer.counters().skipped, 0u) << "nothing was left out with a jump";
}

TEST_F(JitterBufferTest, a_device_that_plays_too_fast_meets_stretched_sound_and_not_silence) {
  arrive(1, 4);
  newest = 5;
  run(1);
  // 0.2% fast: twenty times what two sound cards differ by.
  for (int i = 0; i < 200; ++i) {
    run(500);
    (void)buffer.next();
  }
  EXPECT_EQ(buffer.counters().underruns, 0u);
  EXPECT_GT(buffer.counters().stretched, 100u);
}

TEST_F(JitterBufferTest, a_device_that_plays_too_slowly_does_not_fall_behind) {
  arrive(1, 4);
  newest = 5;
  for (int i = 0; i < 200; ++i) {
    run(500);
    buffer.put({newest}, packet(newest));
    ++newest;
  }
  EXPECT_LE(buffer.depth(), buffer.target() + 4);
  EXPECT_EQ(buffer.counters().skipped, 0u);
}

TEST_F(JitterBufferTest, a_burst_larger_than_the_buffer_keeps_the_newest) {
  arrive(1, 100);
  EXPECT_LE(buffer.depth(), JitterBuffer::Options{}.most);
  while (buffer.depth() > 1) (void)buffer.next();
  EXPECT_EQ(buffer.next().packet, bytes_of(100));
  EXPECT_GT(buffer.counters().skipped, 0u);
}

TEST_F(JitterBufferTest, a_leap_of_seconds_goes_on_at_the_new_place) {
  arrive(1, 4);
  (void)buffer.next();
  arrive(100'000, 100'003);
  EXPECT_EQ(buffer.next().packet, bytes_of(100'000));
}

TEST_F(JitterBufferTest, numbers_may_wrap) {
  for (std::uint32_t i = 0; i < 4; ++i) buffer.put({0xFFFF'FFFE + i}, packet(i));
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(buffer.next().packet, bytes_of(i));
}

TEST_F(JitterBufferTest, a_new_stream_may_begin_with_smaller_numbers) {
  arrive(500, 510);
  (void)buffer.next();
  buffer.restart();
  EXPECT_EQ(buffer.next().kind, Kind::silence);
  arrive(1, 4);
  EXPECT_EQ(buffer.next().packet, bytes_of(1));
}

TEST_F(JitterBufferTest, random_jitter_settles_without_endless_underruns) {
  std::mt19937 random(3);
  struct Flight {
    std::uint32_t id;
    std::size_t arrives;
  };
  std::vector<Flight> flights;
  for (std::uint32_t i = 1; i < 20'000; ++i) flights.push_back({i, i + random() % 7});  // up to 30 ms
  std::ranges::sort(flights, {}, [](const Flight& flight) { return std::pair(flight.arrives, flight.id); });
  std::size_t at = 0;
  std::uint64_t early = 0;
  for (std::size_t now = 1; now < 20'000; ++now) {
    while (at < flights.size() && flights[at].arrives <= now) {
      buffer.put({flights[at].id}, packet(flights[at].id));
      ++at;
    }
    (void)buffer.next();
    if (now == 10'000) early = buffer.counters().underruns + buffer.counters().concealed;
  }
  EXPECT_LT(buffer.counters().underruns + buffer.counters().concealed - early, 500u) << "5% at most";
}

}  // namespace
}  // namespace pf::client
