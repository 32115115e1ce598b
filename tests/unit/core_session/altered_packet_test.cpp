// What happens to a packet on its way, tried bit by bit: it is refused, and the true one that comes after it is not.
#include <gtest/gtest.h>

#include "core/session/audio_stream.h"
#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/media_fixture.h"

namespace pf::session {
namespace {

using test::CollectingSink;
using test::media_key;
using test::Packet;
using test::pattern;

/// Calls `f` with every packet that differs from `packet` in one bit, in its end, or in what follows it.
template <class F>
void for_each_alteration(const Packet& packet, const F& f) {
  for (std::size_t bit = 0; bit < 8 * packet.size(); ++bit) {
    Packet altered = packet;
    altered[bit / 8] ^= std::byte{1} << (bit % 8);
    f(std::move(altered));
  }
  for (std::size_t size = 0; size < packet.size(); ++size)
    f(Packet(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)));
  for (std::size_t more = 1; more <= 64; ++more) {
    Packet altered = packet;
    altered.resize(packet.size() + more, packet.back());
    f(std::move(altered));
  }
}

TEST(AlteredPacket, of_video_is_refused_whichever_bit_it_is_and_keeps_nothing_out) {
  const ManualClock clock;
  CollectingSink sink;
  auto sender = VideoSender::create(media_key(), {.max_datagram = 256}, clock).value();
  auto receiver = VideoReceiver::create(media_key(), {}, clock).value();
  const auto unit = pattern(1, 300);
  ASSERT_TRUE(sender->send({.data = unit, .keyframe = true, .captured = clock.now()}, sink));
  std::uint64_t refused = 0;
  auto packets = sink.take();
  for (auto& packet : packets) {
    for_each_alteration(packet, [&](Packet altered) {
      ASSERT_FALSE(receiver->receive(altered, clock.now()));
      ++refused;
    });
  }
  EXPECT_EQ(receiver->counters().packets_rejected, refused);
  EXPECT_EQ(receiver->counters().packets_received, 0u);
  EXPECT_FALSE(receiver->deadline()) << "no frame was begun";
  for (auto& packet : packets) ASSERT_TRUE(receiver->receive(packet, clock.now()));
  EXPECT_EQ(receiver->next(clock.now())->data, unit);
}

TEST(AlteredPacket, of_sound_is_refused_whichever_bit_it_is_and_keeps_nothing_out) {
  const ManualClock clock;
  CollectingSink sink;
  const auto key = media_key(wire::StreamKind::audio);
  auto sender = AudioSender::create(key, 2, clock).value();
  auto receiver = AudioReceiver::create(key).value();
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(sender->send(pattern(i, 60), clock.now(), sink));
  std::vector<ReceivedAudio> heard;
  auto packet = sink.take().back();
  for_each_alteration(packet, [&](Packet altered) { ASSERT_FALSE(receiver->receive(altered, heard)); });
  EXPECT_TRUE(heard.empty());
  ASSERT_TRUE(receiver->receive(packet, heard));
  ASSERT_EQ(heard.size(), 3u);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(heard[i].opus, pattern(i, 60));
}

// A peer that holds the key: authentic, but its number of a frame is as far from the others as can be.
TEST(AlteredPacket, of_sound_from_half_the_circle_away_is_not_heard_twice) {
  const auto key = media_key(wire::StreamKind::audio);
  auto sealer = crypto::PacketSealer::create(key).value();
  auto receiver = AudioReceiver::create(key).value();
  std::vector<ReceivedAudio> heard;
  const auto say = [&](std::uint32_t id) {
    Packet packet(wire::media_overhead + 2);
    packet[wire::media_header_size + 1] = std::byte{7};
    ASSERT_TRUE(sealer.seal({.stream = wire::StreamKind::audio, .flags = {}, .frame = {id}}, packet));
    ASSERT_TRUE(receiver->receive(packet, heard));
  };
  say(1000);
  say(1000 + 0x8000'0000);
  say(1001);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard.back().id.value, 1001u);
}

}  // namespace
}  // namespace pf::session
