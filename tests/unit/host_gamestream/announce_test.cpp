#include <gtest/gtest.h>

#include <string>

#include "host/gamestream/rtsp/stream_request.h"

namespace pf::host::gamestream {
namespace {

std::string line(const std::string& name, const std::string& value) {
  return "a=" + name + ":" + value + " \r\n";
}

const std::string smallest = line("x-nv-video[0].clientViewportWd", "1920") +
                             line("x-nv-video[0].clientViewportHt", "1080") + line("x-nv-video[0].maxFPS", "60");

StreamRequest parsed(const std::string& more = {}) {
  const auto request = parse_announce(smallest + more);
  EXPECT_TRUE(request) << request.error().message;
  return request.value_or(StreamRequest{});
}

TEST(Announce, what_a_present_client_sends_is_understood) {
  const auto request =
      parsed(line("x-ml-general.featureFlags", "3") + line("x-ss-general.encryptionEnabled", "7") +
             line("x-ss-video[0].chromaSamplingType", "1") + line("x-nv-video[0].packetSize", "1360") +
             line("x-nv-vqos[0].bw.maximumBitrateKbps", "16000") + line("x-ml-video.configuredBitrateKbps", "24000") +
             line("x-nv-general.featureFlags", "167") + line("x-nv-vqos[0].fec.minRequiredFecPackets", "2") +
             line("x-nv-video[0].videoEncoderSlicesPerFrame", "4") + line("x-nv-vqos[0].bitStreamFormat", "2") +
             line("x-nv-video[0].dynamicRangeMode", "1") + line("x-nv-video[0].maxNumReferenceFrames", "0") +
             line("x-nv-video[0].clientRefreshRateX100", "5994") + line("x-nv-audio.surround.numChannels", "6") +
             line("x-nv-audio.surround.AudioQuality", "1") + line("x-nv-aqos.packetDuration", "10") +
             line("x-nv-video[0].encoderCscMode", "5") + line("x-nv-vqos[0].qosTrafficType", "5") +
             line("x-nv-aqos.qosTrafficType", "4"));
  EXPECT_EQ(request.video.mode, (Mode{1920, 1080, 59'940}));
  EXPECT_EQ(request.video.codec, VideoCodec::av1);
  EXPECT_TRUE(request.video.ten_bit);
  EXPECT_TRUE(request.video.yuv444);
  EXPECT_EQ(request.video.colour, (Colour{ColourMatrix::rec2020, true}));
  EXPECT_EQ(request.video.bitrate, 20_mbps) << "parity of 20% comes on top";
  EXPECT_EQ(request.video.packet_size, 1360U);
  EXPECT_EQ(request.video.slices, 4U);
  EXPECT_EQ(request.video.max_references, 0U);
  EXPECT_EQ(request.video.min_parity, 2U);
  EXPECT_TRUE(request.video.encrypted);
  EXPECT_EQ(request.audio.format.channels, 6);
  EXPECT_TRUE(request.audio.high_quality);
  EXPECT_EQ(request.audio.packet_ms, 10U);
  EXPECT_TRUE(request.audio.encrypted);
  EXPECT_TRUE(request.video.marked);
  EXPECT_TRUE(request.audio.marked);
  EXPECT_TRUE(request.control_v2);
  EXPECT_TRUE(request.session_ids);
}

TEST(Announce, an_old_client_gets_what_it_counts_on) {
  const auto request = parsed(line("x-nv-vqos[0].bw.maximumBitrateKbps", "8000"));
  EXPECT_EQ(request.video.bitrate, 8_mbps);
  EXPECT_EQ(request.video.codec, VideoCodec::h264);
  EXPECT_EQ(request.video.max_references, 1U);
  EXPECT_EQ(request.video.colour, (Colour{ColourMatrix::rec601, false}));
  EXPECT_EQ(request.video.min_parity, 0U);
  EXPECT_FALSE(request.video.marked);
  EXPECT_FALSE(request.audio.marked);
  EXPECT_FALSE(request.video.encrypted);
  EXPECT_FALSE(request.audio.encrypted);
  EXPECT_FALSE(request.control_v2);
  EXPECT_FALSE(request.session_ids);
  EXPECT_EQ(request.audio.format.channels, 2);
}

TEST(Announce, colours_are_a_matrix_and_a_range) {
  const auto colour = [](const std::string& mode) {
    return parsed(line("x-nv-video[0].encoderCscMode", mode)).video.colour;
  };
  EXPECT_EQ(colour("0"), (Colour{ColourMatrix::rec601, false}));
  EXPECT_EQ(colour("1"), (Colour{ColourMatrix::rec601, true}));
  EXPECT_EQ(colour("2"), (Colour{ColourMatrix::rec709, false}));
  EXPECT_EQ(colour("3"), (Colour{ColourMatrix::rec709, true}));
  EXPECT_EQ(colour("4"), (Colour{ColourMatrix::rec2020, false}));
  EXPECT_EQ(colour("7"), (Colour{ColourMatrix::rec709, true})) << "a matrix of the future";
}

TEST(Announce, sound_is_encrypted_when_either_flag_says_so) {
  EXPECT_TRUE(parsed(line("x-nv-general.featureFlags", "32")).audio.encrypted);
  EXPECT_TRUE(parsed(line("x-ss-general.encryptionEnabled", "4")).audio.encrypted);
}

TEST(Announce, a_refresh_rate_far_from_the_frame_rate_is_another_things) {
  EXPECT_EQ(parsed(line("x-nv-video[0].clientRefreshRateX100", "14400")).video.mode.refresh_mhz, 60'000U);
}

TEST(Announce, numbers_that_are_none_and_sizes_that_cannot_be_are_refused) {
  EXPECT_FALSE(parse_announce(""));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-video[0].packetSize", "many")));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-video[0].packetSize", "-1")));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-video[0].packetSize", "16")));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-video[0].packetSize", "65000")));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-video[0].clientViewportWd", "100000")));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-video[0].maxFPS", "4294967295")));
  EXPECT_FALSE(parse_announce(smallest + line("x-nv-audio.surround.numChannels", "258")));
}

TEST(Announce, a_name_that_another_begins_with_is_not_mistaken_for_it) {
  EXPECT_EQ(parsed(line("x-nv-video[0].maxFPSs", "30")).video.mode.refresh_mhz, 60'000U);
}

}  // namespace
}  // namespace pf::host::gamestream
