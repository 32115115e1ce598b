#include "host/linux/audio/packet_cutter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "host/linux/audio/packet_ring.h"

namespace pf::host {
namespace {

struct Packet {
  std::vector<float> samples;
  TimePoint captured;
};

// A source of stereo samples that count up, and the packets that were cut from it.
struct Bench {
  std::vector<Packet> packets;
  PacketCutter cutter{AudioFormat{2}, [this](std::span<const float> samples, TimePoint captured) {
                        packets.push_back({{samples.begin(), samples.end()}, captured});
                      }};
  TimePoint start{std::chrono::seconds{100}};
  std::int64_t played = 0;  // frames

  [[nodiscard]] TimePoint now() const { return start + Duration{std::chrono::seconds{1}} * played / 48'000; }
  void feed(std::int64_t frames, Duration jitter = Duration{0}) {
    std::vector<float> samples;
    for (std::int64_t i = played; i < played + frames; ++i)
      for (const float side : {0.0F, 0.5F}) samples.push_back(static_cast<float>(i) + side);
    cutter.feed(samples, now() + jitter);
    played += frames;
  }
};

double milliseconds_between(TimePoint a, TimePoint b) {
  return static_cast<double>((b - a).count()) / 1e6;
}

TEST(PacketCutter, buffers_of_any_length_become_packets_of_240_without_loss) {
  Bench bench;
  for (const int frames : {256, 1, 239, 1024, 7, 240, 480, 33}) bench.feed(frames);
  ASSERT_EQ(bench.packets.size(), 2280u / 240);
  float expected = 0;
  for (const Packet& packet : bench.packets) {
    ASSERT_EQ(packet.samples.size(), 480u);
    for (std::size_t i = 0; i < packet.samples.size(); i += 2, ++expected) {
      ASSERT_EQ(packet.samples[i], expected);
      ASSERT_EQ(packet.samples[i + 1], expected + 0.5F);
    }
  }
}

TEST(PacketCutter, a_packet_bears_the_time_of_its_first_sample) {
  Bench bench;
  for (int i = 0; i < 20; ++i) bench.feed(1024);
  for (std::size_t i = 0; i < bench.packets.size(); ++i)
    EXPECT_NEAR(milliseconds_between(bench.start, bench.packets[i].captured), 5.0 * static_cast<double>(i), 0.001);
}

TEST(PacketCutter, jitter_of_the_source_is_smoothed_away) {
  Bench bench;
  for (int i = 0; i < 200; ++i) bench.feed(256, i % 2 == 0 ? milliseconds{2} : -milliseconds{2});
  for (std::size_t i = 1; i < bench.packets.size(); ++i)
    EXPECT_NEAR(milliseconds_between(bench.packets[i - 1].captured, bench.packets[i].captured), 5.0, 0.3);
}

TEST(PacketCutter, a_gap_drops_the_packet_begun_before_it) {
  Bench bench;
  bench.feed(250);  // one packet and ten samples
  bench.played += 4800;
  bench.feed(240);
  ASSERT_EQ(bench.packets.size(), 2u);
  EXPECT_EQ(bench.packets[1].samples.front(), 250 + 4800);
  EXPECT_NEAR(milliseconds_between(bench.start, bench.packets[1].captured), 5050 / 48.0, 0.01);
}

TEST(PacketRing, packets_come_out_in_order_and_a_full_ring_drops_the_newest) {
  PacketRing ring(AudioFormat{2});
  std::vector<float> packet(480);
  for (std::size_t i = 0; i < PacketRing::capacity; ++i) {
    packet.front() = static_cast<float>(i);
    ASSERT_TRUE(ring.push(packet, TimePoint{Duration{i}}));
  }
  EXPECT_FALSE(ring.push(packet, TimePoint{}));
  std::size_t expected = 0;
  ring.drain([&](std::span<const float> samples, TimePoint captured) {
    EXPECT_EQ(samples.front(), static_cast<float>(expected));
    EXPECT_EQ(captured, TimePoint{Duration{expected++}});
  });
  EXPECT_EQ(expected, PacketRing::capacity);
  EXPECT_TRUE(ring.push(packet, TimePoint{}));
}

}  // namespace
}  // namespace pf::host
