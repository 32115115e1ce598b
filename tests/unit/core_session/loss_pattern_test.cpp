// Parity's promise, tried on shapes of every kind: as many packets as there is parity may be missing, whichever.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>

#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/media_fixture.h"

namespace pf::session {
namespace {

using test::CollectingSink;
using test::media_key;
using test::Packet;
using test::pattern;

struct Stream {
  explicit Stream(const VideoSender::Options& options)
      : sender(VideoSender::create(media_key(), options, clock).value()) {}

  std::vector<Packet> send(std::span<const std::byte> unit) {
    sender->send({.data = unit, .keyframe = true, .captured = clock.now()}, sink).value();
    return sink.take();
  }
  /// Whether the unit comes out as it was, once these packets have come in.
  bool arrives(std::span<const std::byte> unit, std::vector<Packet> packets) {
    for (auto& packet : packets) EXPECT_TRUE(receiver->receive(packet, clock.now()));
    const auto received = receiver->next(clock.now());
    return received && std::ranges::equal(received->data, unit);
  }

  ManualClock clock;
  CollectingSink sink;
  std::unique_ptr<VideoSender> sender;
  std::unique_ptr<VideoReceiver> receiver = VideoReceiver::create(media_key(), {}, clock).value();
};

TEST(LossPattern, of_small_frames_every_single_one_is_made_good_up_to_the_parity_and_none_beyond) {
  Stream stream({.max_datagram = 256});
  const std::size_t room = 256 - wire::media_overhead;
  std::uint32_t id = 0;
  for (std::size_t data = 1; data <= 5; ++data) {
    const auto packets_of_frame = [&] { return stream.send(pattern(++id, data * room - wire::unit_prefix_size)); };
    const auto first = packets_of_frame();
    const std::size_t parity = wire::parse_media_header(first[0])->parity_shards;
    ASSERT_EQ(first.size(), data + parity);
    for (std::uint32_t lost = 0; lost < 1u << first.size(); ++lost) {
      auto packets = packets_of_frame();
      for (std::size_t i = packets.size(); i-- > 0;) {
        if (((lost >> i) & 1u) != 0) packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(i));
      }
      const bool enough = static_cast<std::size_t>(std::popcount(lost)) <= parity;
      ASSERT_EQ(stream.arrives(pattern(id, data * room - wire::unit_prefix_size), std::move(packets)), enough)
          << data << "+" << parity << ", lost " << lost;
    }
  }
}

TEST(LossPattern, of_frames_of_any_shape_and_parity_a_random_one_is_made_good) {
  std::mt19937_64 random(77);
  for (int shape = 0; shape < 60; ++shape) {
    const double floor = static_cast<double>(random() % 200) / 100;
    Stream stream({.max_datagram = VideoSender::smallest_datagram + random() % 9000,
                   .fec = {.floor = floor, .cap = floor + 0.5, .min_shards = random() % 5}});
    for (std::uint32_t id = 1; id <= 6; ++id) {
      const auto unit = pattern(id, 1 + random() % (1u << (4 + random() % 15)));
      auto packets = stream.send(unit);
      const auto header = wire::parse_media_header(packets[0]).value();
      std::ranges::shuffle(packets, random);
      packets.resize(header.data_shards);  // what is left when all of the parity is needed
      ASSERT_TRUE(stream.arrives(unit, std::move(packets))) << header.data_shards << "+" << header.parity_shards;
    }
  }
}

}  // namespace
}  // namespace pf::session
