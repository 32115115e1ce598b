#include "core/session/audio_stream.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "core/wire/audio_payload.h"
#include "support/impairment.h"
#include "support/media_fixture.h"

namespace pf::session {
namespace {

using test::CollectingSink;
using test::media_key;
using test::Packet;
using test::pattern;

class AudioStreamTest : public testing::Test {
 protected:
  void start(std::size_t copies) { sender_ = AudioSender::create(key_, copies, clock_).value(); }
  std::vector<Packet> send(int packets, std::size_t size = 100) {
    for (int i = 0; i < packets; ++i) {
      EXPECT_TRUE(sender_->send(pattern(++sent_, size), clock_.now(), sink_));
      clock_.advance(milliseconds{5});
    }
    return sink_.take();
  }
  std::vector<ReceivedAudio> receive(Packet packet) {
    std::vector<ReceivedAudio> out;
    EXPECT_TRUE(receiver_->receive(packet, out));
    return out;
  }

  crypto::MediaKey key_ = media_key(wire::StreamKind::audio);
  ManualClock clock_;
  CollectingSink sink_;
  std::uint64_t sent_ = 0;
  std::unique_ptr<AudioSender> sender_;
  std::unique_ptr<AudioReceiver> receiver_ = AudioReceiver::create(key_).value();
};

TEST_F(AudioStreamTest, each_packet_comes_out_once_and_unchanged) {
  start(2);
  std::uint32_t id = 0;
  for (const auto& packet : send(50)) {
    const auto out = receive(packet);
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].id, FrameId{++id});
    EXPECT_EQ(out[0].opus, pattern(id, 100));
    EXPECT_FALSE(out[0].from_copy);
  }
  EXPECT_EQ(receiver_->counters().restored_from_copies, 0u);
  EXPECT_EQ(sender_->packets_sent(), 50u);
}

TEST_F(AudioStreamTest, losses_in_a_row_up_to_the_copies_are_restored_oldest_first) {
  start(2);
  const auto packets = send(4);
  receive(packets[0]);
  const auto out = receive(packets[3]);
  ASSERT_EQ(out.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(out[i].id, FrameId{i + 2});
    EXPECT_EQ(out[i].opus, pattern(i + 2, 100));
    EXPECT_EQ(out[i].from_copy, i < 2);
  }
  EXPECT_EQ(receiver_->counters().restored_from_copies, 2u);
  EXPECT_TRUE(receive(packets[1]).empty()) << "restored already";
}

TEST_F(AudioStreamTest, a_loss_longer_than_the_copies_leaves_a_gap_in_the_ids) {
  start(1);
  const auto packets = send(5);
  receive(packets[0]);
  const auto out = receive(packets[4]);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].id, FrameId{4});
}

TEST_F(AudioStreamTest, without_copies_nothing_is_restored) {
  start(0);
  const auto packets = send(3);
  receive(packets[0]);
  EXPECT_EQ(receive(packets[2]).size(), 1u);
}

TEST_F(AudioStreamTest, copies_give_way_where_a_datagram_would_grow_too_large) {
  start(wire::max_audio_copies);
  for (const auto& packet : send(10, 500)) EXPECT_LE(packet.size(), wire::default_datagram_size);
  const auto large = send(3, wire::max_opus_packet);
  receive(large[0]);
  EXPECT_EQ(receive(large[2]).size(), 1u);
}

TEST_F(AudioStreamTest, refuses_packets_that_opus_does_not_make) {
  start(1);
  EXPECT_EQ(sender_->send({}, clock_.now(), sink_).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(sender_->send(pattern(1, wire::max_opus_packet + 1), clock_.now(), sink_).error().code,
            ErrorCode::invalid_argument);
  EXPECT_FALSE(AudioSender::create(key_, wire::max_audio_copies + 1, clock_));
}

TEST_F(AudioStreamTest, forged_replayed_truncated_and_altered_packets_change_nothing) {
  start(2);
  std::mt19937_64 random(21);
  std::vector<ReceivedAudio> out;
  for (const auto& packet : send(200)) {
    for (int i = 0; i < 5; ++i) {
      Packet bad = packet;
      bad[random() % bad.size()] ^= static_cast<std::byte>(1u << (random() % 8));
      EXPECT_FALSE(receiver_->receive(bad, out));
      bad = packet;
      bad.resize(random() % bad.size());
      EXPECT_FALSE(receiver_->receive(bad, out));
    }
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(receive(packet).size(), 1u);
    Packet again = packet;
    EXPECT_FALSE(receiver_->receive(again, out));
  }
  EXPECT_EQ(receiver_->counters().packets_rejected, 200u * 11);
}

TEST_F(AudioStreamTest, an_authentic_packet_with_a_malformed_payload_is_rejected) {
  auto sealer = crypto::PacketSealer::create(key_).value();
  std::vector<ReceivedAudio> out;
  for (const int copies : {1, 4, 5, 255}) {
    Packet packet(wire::media_overhead + 1);
    packet[wire::media_header_size] = static_cast<std::byte>(copies);
    wire::MediaHeader header;
    header.stream = wire::StreamKind::audio;
    ASSERT_TRUE(sealer.seal(header, packet));
    EXPECT_FALSE(receiver_->receive(packet, out));
  }
  EXPECT_TRUE(out.empty());
}

TEST_F(AudioStreamTest, an_hour_with_losses_reordering_and_duplicates_hands_each_packet_out_once) {
  start(3);
  test::Impairment path({.seed = 6,
                         .loss = 0.05,
                         .bursts = {.enter = 0.002, .leave = 0.5},
                         .jitter = milliseconds{4},
                         .reorder = 0.05,
                         .reorder_by = milliseconds{30},
                         .duplicate = 0.02},
                        clock_.now());
  std::multimap<TimePoint, Packet> on_the_way;
  std::set<std::uint32_t> ids;
  const auto deliver_until = [&](TimePoint now) {
    while (!on_the_way.empty() && on_the_way.begin()->first <= now) {
      std::vector<ReceivedAudio> out;
      auto packet = std::move(on_the_way.begin()->second);
      on_the_way.erase(on_the_way.begin());
      static_cast<void>(receiver_->receive(packet, out));
      for (const auto& audio : out) {
        ASSERT_TRUE(ids.insert(audio.id.value).second);
        ASSERT_EQ(audio.opus, pattern(audio.id.value, 16));
      }
    }
  };
  constexpr int packets = 720'000 / 10;  // an hour of 50 ms packets: the same clock, fewer of them
  for (int i = 0; i < packets; ++i) {
    auto packet = send(1, 16)[0];
    clock_.advance(milliseconds{45});
    const auto fate = path.offer(clock_.now(), packet.size());
    for (std::size_t copy = 0; copy < fate.copies; ++copy) on_the_way.emplace(fate.arrivals[copy], packet);
    deliver_until(clock_.now());
  }
  deliver_until(TimePoint::max());
  // Only runs of more than three losses are beyond repair: 0.05^4 and the bursts.
  EXPECT_GT(ids.size(), packets * 0.999);
}

}  // namespace
}  // namespace pf::session
