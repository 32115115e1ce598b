#include "host/stream/audio_encoder.h"

#include <gtest/gtest.h>
#include <opus/opus_multistream.h>

#include <cmath>
#include <vector>

namespace pf::host {
namespace {

// Opus's own tables for mapping family 1 (RFC 7845, section 5.1.1.2), which the client's decoder is set up with.
struct Layout {
  std::uint8_t channels;
  int streams;
  int coupled;
  std::vector<unsigned char> mapping;
};
const std::vector<Layout>& layouts() {
  static const std::vector<Layout> all{
      {2, 1, 1, {0, 1}}, {6, 4, 2, {0, 4, 1, 2, 3, 5}}, {8, 5, 3, {0, 6, 1, 2, 3, 4, 5, 7}}};
  return all;
}

class AudioEncoderTest : public testing::TestWithParam<Layout> {};

TEST_P(AudioEncoderTest, a_tone_comes_back_on_its_channel) {
  const auto& layout = GetParam();
  auto encoder = AudioEncoder::create({layout.channels});
  ASSERT_TRUE(encoder) << encoder.error().message;
  int status = 0;
  std::unique_ptr<OpusMSDecoder, void (*)(OpusMSDecoder*)> decoder(
      opus_multistream_decoder_create(48'000, layout.channels, layout.streams, layout.coupled, layout.mapping.data(),
                                      &status),
      opus_multistream_decoder_destroy);
  ASSERT_EQ(status, OPUS_OK);

  const std::size_t tone_channel = layout.channels > 2 ? 1 : 0;
  std::vector<double> energy(layout.channels);
  std::vector<float> pcm(std::size_t{audio_packet_samples} * layout.channels);
  for (int packet = 0; packet < 100; ++packet) {
    for (std::size_t i = 0; i < audio_packet_samples; ++i)
      pcm[i * layout.channels + tone_channel] =
          0.5f * std::sin(static_cast<float>(i + static_cast<std::size_t>(packet) * 240) * 6.2831853f / 48);
    const auto opus = (*encoder)->encode(pcm);
    ASSERT_TRUE(opus) << opus.error().message;
    std::vector<float> heard(pcm.size());
    ASSERT_EQ(opus_multistream_decode_float(decoder.get(), reinterpret_cast<const unsigned char*>(opus->data()),
                                            static_cast<int>(opus->size()), heard.data(), 240, 0),
              240);
    for (std::size_t i = 0; i < heard.size(); ++i) energy[i % layout.channels] += heard[i] * heard[i];
  }
  for (std::size_t c = 0; c < layout.channels; ++c) {
    if (c == tone_channel)
      EXPECT_GT(energy[c] / (100 * 240), 0.05);
    else
      EXPECT_LT(energy[c], energy[tone_channel] / 20) << "channel " << c;
  }
}

TEST_P(AudioEncoderTest, packets_keep_the_bitrate_and_fit_with_their_copies_into_a_datagram) {
  const AudioFormat format{GetParam().channels};
  auto encoder = AudioEncoder::create(format);
  ASSERT_TRUE(encoder);
  std::vector<float> noise(std::size_t{audio_packet_samples} * format.channels);
  std::uint32_t seed = 1;
  for (auto& sample : noise)
    sample = static_cast<float>((seed = seed * 1664525 + 1013904223) >> 8) / 16'777'216.f - 0.5f;
  const auto budget = AudioEncoder::bitrate_for(format).bits_per_second / 8 / 200;
  for (int packet = 0; packet < 20; ++packet) {
    const auto opus = (*encoder)->encode(noise);
    ASSERT_TRUE(opus);
    EXPECT_LE(opus->size(), budget + budget / 8);
    EXPECT_LT(opus->size() * 3, 1150u);
  }
}

INSTANTIATE_TEST_SUITE_P(layouts, AudioEncoderTest, testing::ValuesIn(layouts()), [](const auto& param_info) {
  return std::to_string(param_info.param.channels) + "_channels";
});

TEST(AudioEncoder, an_unknown_layout_or_a_packet_of_the_wrong_length_is_refused) {
  EXPECT_FALSE(AudioEncoder::create({3}));
  EXPECT_FALSE(AudioEncoder::create({0}));
  auto encoder = AudioEncoder::create({2});
  ASSERT_TRUE(encoder);
  EXPECT_FALSE((*encoder)->encode(std::vector<float>(100)));
}

}  // namespace
}  // namespace pf::host
