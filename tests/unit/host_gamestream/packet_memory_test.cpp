// GameStream's packetisers take their memory when they are made: no frame and no sound takes more.
#include <gtest/gtest.h>

#include <random>

#include "core/session/unit_limit.h"
#include "host/gamestream/audio/sound_encoder.h"
#include "host/gamestream/audio/sound_packetiser.h"
#include "host/gamestream/video/video_packetiser.h"
#include "support/allocation_meter.h"

namespace pf::host::gamestream {
namespace {

class NullSink final : public session::PacketSink {
  Result<void> send(std::span<const std::byte>, std::size_t) override { return {}; }
};

TEST(PacketMemory, no_frame_takes_any) {
  const ManualClock clock;
  NullSink sink;
  std::mt19937 random(1);
  for (const bool encrypted : {false, true}) {
    VideoRequest request;
    request.mode = {1280, 720, 60'000};
    request.packet_size = 1392;
    request.encrypted = encrypted;
    const auto largest = session::max_unit_for(request.mode);
    const std::vector<std::byte> unit(largest, std::byte{7});
    const auto packetiser = VideoPacketiser::create(request, {}, clock).value();
    const auto before = test::allocations().count;
    for (int i = 0; i < 300; ++i) {
      const auto size = i % 50 == 49 ? largest : 1 + random() % 400'000;
      packetiser->set_loss({.share = static_cast<double>(random() % 40) / 100});
      ASSERT_TRUE(packetiser->send({.data = std::span(unit).first(size), .captured = clock.now()}, sink));
    }
    EXPECT_EQ(test::allocations().count, before) << (encrypted ? "encrypted" : "plain");
  }
}

TEST(PacketMemory, no_sound_takes_any_after_the_first) {
  NullSink sink;
  for (const bool encrypted : {false, true}) {
    const AudioRequest request{.format = {6}, .packet_ms = 5, .encrypted = encrypted};
    const auto encoder = SoundEncoder::create(request).value();
    auto packets = SoundPacketiser::create({.on = encrypted}, request.packet_ms).value();
    const std::vector<float> samples(std::size_t{audio_packet_samples} * 6, 0.1F);
    const auto send = [&](int count) {
      for (int i = 0; i < count; ++i) {
        const auto opus = encoder->encode(samples);
        ASSERT_TRUE(opus);
        ASSERT_TRUE(packets.send(*opus, sink));
      }
    };
    send(8);
    const auto before = test::allocations().count;
    send(400);
    EXPECT_EQ(test::allocations().count, before) << (encrypted ? "encrypted" : "plain");
  }
}

}  // namespace
}  // namespace pf::host::gamestream
