// Streams that have run for years, on a clock that leaps from month to month: every number wraps or nears its end, and
// nothing notices.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/session/audio_stream.h"
#include "core/session/clock_sync.h"
#include "core/session/fec_policy.h"
#include "core/session/loss_model.h"
#include "core/session/packet_loss.h"
#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/media_fixture.h"

namespace pf::session {
namespace {

using std::chrono::hours;
using test::CollectingSink;
using test::media_key;
using test::Packet;
using test::pattern;

constexpr std::uint64_t frames_a_second = 240;
constexpr std::uint64_t packets_a_frame = 20;
constexpr std::uint64_t sounds_a_second = 200;
constexpr hours longest_leap{24 * 90};  // 1.9e9 frames: what is further apart is no longer newer

/// What a sender has sent after so long.
StreamPosition after(Duration time, std::uint64_t frames_per_second, std::uint64_t packets_per_frame,
                     const StreamPosition& begin) {
  const auto frames =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count()) * frames_per_second;
  return {{begin.frame.value + static_cast<std::uint32_t>(frames)}, begin.packet + frames * packets_per_frame};
}

/// Leaps of up to 90 days until `years` are over.
template <class F>
void live_through(int years, ManualClock& clock, std::mt19937_64& random, const F& spell) {
  const auto begin = clock.now();
  const auto end = begin + hours{24 * 365} * years;
  while (clock.now() < end) {
    clock.advance(hours{1 + random() % static_cast<std::uint64_t>(longest_leap.count())});
    spell(clock.now() - begin);
    if (testing::Test::HasFatalFailure()) return;
  }
}

void lose_up_to(std::size_t count, std::vector<Packet>& packets, std::mt19937_64& random) {
  std::ranges::shuffle(packets, random);
  packets.resize(packets.size() - random() % (count + 1));
}

TEST(Uptime, two_hundred_years_of_video_end_at_the_last_packet_number_and_lose_nothing) {
  std::mt19937_64 random(240);
  ManualClock clock;
  constexpr int years = 200;
  const auto total = after(hours{24 * 365} * years + longest_leap, frames_a_second, packets_a_frame, {}).packet;
  const StreamPosition begin{{0xFFFF'F000}, wire::max_packet_number - 1'000'000 - total};
  auto receiver = VideoReceiver::create(media_key(), {.max_unit = least_max_unit}, clock).value();
  IntervalLoss meter;
  CollectingSink sink;
  std::uint64_t delivered = 0;
  live_through(years, clock, random, [&](Duration age) {
    const auto start = after(age, frames_a_second, packets_a_frame, begin);
    auto sender = VideoSender::create(media_key(), {.max_unit = least_max_unit}, clock, start).value();
    FrameId id = start.frame;
    for (int i = 0; i < 20; ++i, id = id.next()) {
      const auto unit = pattern(id.value, 1 + random() % 8000);
      const auto captured = clock.now();
      ASSERT_TRUE(sender->send({.data = unit, .keyframe = i == 0, .captured = captured}, sink));
      auto packets = sink.take();
      lose_up_to(wire::parse_media_header(packets[0])->parity_shards, packets, random);
      for (auto& packet : packets) ASSERT_TRUE(receiver->receive(packet, clock.now()));
      const auto received = receiver->next(clock.now());
      ASSERT_TRUE(received) << id.value;
      ASSERT_EQ(received->frame, id);
      ASSERT_EQ(received->data, unit);
      ASSERT_EQ(received->timestamp_us, static_cast<std::uint32_t>(to_micros(captured)));
      ++delivered;
      clock.advance(microseconds{4167});
    }
    EXPECT_FALSE(receiver->needs_keyframe());
    EXPECT_GT(meter.take(receiver->counters()).share(), 0.0);
  });
  const auto& counters = receiver->counters();
  EXPECT_EQ(counters.frames_complete, delivered);
  EXPECT_EQ(counters.packets_rejected, 0u);
  EXPECT_GT(counters.packets_expected, wire::max_packet_number - 2 * 1'000'000 - total / years);
  EXPECT_LE(counters.packets_lost + counters.packets_received, counters.packets_expected);
}

TEST(Uptime, a_stream_of_video_runs_to_its_very_last_packet_and_then_says_so) {
  const ManualClock clock;
  CollectingSink sink;
  auto sender =
      VideoSender::create(media_key(), {}, clock, {.frame = {0xFFFF'FFFE}, .packet = wire::max_packet_number - 8})
          .value();
  auto receiver = VideoReceiver::create(media_key(), {}, clock).value();
  const auto unit = pattern(1, 100);
  std::size_t whole = 0;
  Result<SentUnit> sent;
  while ((sent = sender->send({.data = unit, .keyframe = whole == 0, .captured = clock.now()}, sink))) {
    ++whole;
    for (auto& packet : sink.take()) ASSERT_TRUE(receiver->receive(packet, clock.now()));
    EXPECT_EQ(receiver->next(clock.now())->data, unit);
  }
  EXPECT_EQ(sent.error().code, ErrorCode::exhausted);
  EXPECT_TRUE(sink.packets.empty()) << "no part of a frame that cannot be sent whole";
  EXPECT_GT(whole, 1u);
  EXPECT_EQ(receiver->last_delivered().value, static_cast<std::uint32_t>(0xFFFF'FFFD + whole));
}

TEST(Uptime, two_hundred_years_of_sound_come_out_once_each) {
  std::mt19937_64 random(200);
  ManualClock clock;
  const auto key = media_key(wire::StreamKind::audio);
  const StreamPosition begin{{0xFFFF'FFF0}, 1u << 20};
  auto receiver = AudioReceiver::create(key).value();
  CollectingSink sink;
  live_through(200, clock, random, [&](Duration age) {
    const auto start = after(age, sounds_a_second, 1, begin);
    auto sender = AudioSender::create(key, 2, clock, start).value();
    std::vector<ReceivedAudio> heard;
    for (std::uint32_t i = 0; i < 30; ++i) {
      ASSERT_TRUE(sender->send(pattern(start.frame.value + i, 80), clock.now(), sink));
      auto packet = sink.take().front();
      const bool arrives = i % 3 != 1 || i == 28;
      if (arrives) {
        ASSERT_TRUE(receiver->receive(packet, heard));
      }
    }
    ASSERT_EQ(heard.size(), 30u);
    for (std::uint32_t i = 0; i < 30; ++i) {
      ASSERT_EQ(heard[i].id.value, start.frame.value + i);
      ASSERT_EQ(heard[i].opus, pattern(start.frame.value + i, 80));
    }
  });
  EXPECT_EQ(receiver->counters().packets_rejected, 0u);
}

TEST(Uptime, clocks_that_drift_apart_for_two_centuries_are_in_step_after_every_leap) {
  std::mt19937_64 random(50);
  ManualClock clock;
  ClockSync sync;
  // The host's clock began at another time, runs 50 ppm fast, and its 64 bits of microseconds wrap on the way.
  const auto begin = clock.now();
  const std::uint64_t host_begin = ~std::uint64_t{0} - 1'000'000'000'000;
  const auto host_now = [&] {
    const auto age = to_micros(clock.now()) - to_micros(begin);
    return host_begin + age + age / 20'000;
  };
  live_through(200, clock, random, [&](Duration) {
    for (std::uint32_t ping = 0; ping < 16; ++ping) {
      const auto sent = to_micros(clock.now());
      clock.advance(microseconds{200 + random() % 400});
      const auto at_host = host_now();
      clock.advance(microseconds{200 + random() % 400});
      sync.on_pong({.id = ping, .client_send_us = sent, .host_receive_us = at_host, .host_send_us = at_host},
                   clock.now());
      clock.advance(milliseconds{500});
    }
    const auto captured = clock.now() - milliseconds{20};
    const auto stamp = static_cast<std::uint32_t>(host_now() - 20'000);
    const auto local = sync.to_local(stamp, clock.now());
    ASSERT_TRUE(local);
    // Half the difference of the two ways, and eight seconds of drift.
    ASSERT_LT(std::chrono::abs(*local - captured), microseconds{200 + 400 + 10});
  });
}

TEST(Uptime, a_path_that_was_bad_for_a_year_is_judged_by_what_it_does_now) {
  std::mt19937_64 random(3);
  LossEstimate old;
  LossEstimate young;
  for (int hour = 0; hour < 365 * 24; ++hour) {
    const auto lost = static_cast<double>(random() % 1000);
    old.on_interval(1000 - lost, lost, 1 + lost / 3, hours{1});
    const auto model = old.model();
    ASSERT_TRUE(model.share >= 0 && model.share <= 1 && model.mean_run >= 1) << model.share << " " << model.mean_run;
  }
  for (int second = 0; second < 24 * 3600; ++second) {
    old.on_interval(4800, 0, 0, std::chrono::seconds{1});
    young.on_interval(4800, 0, 0, std::chrono::seconds{1});
  }
  FecPolicy of_old;
  FecPolicy of_young;
  of_old.set_loss(old.model());
  of_young.set_loss(young.model());
  for (const std::size_t data : {1u, 10u, 100u, 1000u}) EXPECT_EQ(of_old.parity_for(data), of_young.parity_for(data));
}

}  // namespace
}  // namespace pf::session
