#include "client/media/opus_decoder.h"

#include <gtest/gtest.h>
#include <opus/opus_multistream.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace pf::client {
namespace {

// What a host does: libopus lays the channels out by mapping family 1, which the decoder's own table must match.
class Encoder {
 public:
  explicit Encoder(int channels) : channels_(channels) {
    int streams = 0, coupled = 0, code = 0;
    std::array<unsigned char, 8> mapping{};
    encoder_ =
        opus_multistream_surround_encoder_create(audio_sample_rate, channels, channels > 2 ? 1 : 0, &streams, &coupled,
                                                 mapping.data(), OPUS_APPLICATION_RESTRICTED_LOWDELAY, &code);
    opus_multistream_encoder_ctl(encoder_, OPUS_SET_BITRATE(96'000 * channels));
    opus_multistream_encoder_ctl(encoder_, OPUS_SET_VBR(0));
  }
  ~Encoder() { opus_multistream_encoder_destroy(encoder_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  std::vector<std::byte> encode(std::span<const float> samples) {
    std::vector<std::byte> packet(4000);
    const int size =
        opus_multistream_encode_float(encoder_, samples.data(), static_cast<int>(samples.size()) / channels_,
                                      reinterpret_cast<unsigned char*>(packet.data()), static_cast<int>(packet.size()));
    EXPECT_GT(size, 0);
    packet.resize(static_cast<std::size_t>(std::max(size, 0)));
    return packet;
  }

 private:
  int channels_;
  OpusMSEncoder* encoder_ = nullptr;
};

// A packet of a tone in one channel, silence in the others.
std::vector<float> tone(std::size_t channels, std::size_t channel, std::size_t packet, double hertz) {
  std::vector<float> samples(channels * audio_packet_samples);
  for (std::size_t i = 0; i < audio_packet_samples; ++i) {
    const double t = static_cast<double>(packet * audio_packet_samples + i) / audio_sample_rate;
    samples[i * channels + channel] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hertz * t));
  }
  return samples;
}

double energy(std::span<const float> samples, std::size_t channels, std::size_t channel) {
  double sum = 0;
  for (std::size_t i = channel; i < samples.size(); i += channels) sum += samples[i] * samples[i];
  return sum;
}

class OpusChannels : public testing::TestWithParam<std::uint8_t> {};

TEST_P(OpusChannels, every_channel_comes_out_where_it_went_in) {
  const std::size_t channels = GetParam();
  const std::size_t bass = channels - 1;  // of 5.1 and 7.1: the encoder keeps nothing but low notes there
  for (std::size_t played = 0; played < channels; ++played) {
    Encoder encoder(static_cast<int>(channels));
    auto decoder = OpusDecoder::create({GetParam()});
    ASSERT_TRUE(decoder);
    std::vector<double> heard(channels);
    for (std::size_t packet = 0; packet < 40; ++packet) {
      const auto samples = (*decoder)->decode(
          encoder.encode(tone(channels, played, packet, channels > 2 && played == bass ? 60 : 1000)));
      ASSERT_TRUE(samples) << samples.error().message;
      ASSERT_EQ(samples->size(), channels * audio_packet_samples);
      if (packet < 10) continue;
      for (std::size_t c = 0; c < channels; ++c) heard[c] += energy(*samples, channels, c);
    }
    for (std::size_t c = 0; c < channels; ++c) {
      if (c != played) {
        EXPECT_LT(heard[c], heard[played] / 100) << "played " << played << ", heard in " << c;
      }
    }
    EXPECT_GT(heard[played], 100);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, OpusChannels, testing::Values(std::uint8_t{2}, std::uint8_t{6}, std::uint8_t{8}));

TEST(OpusDecoder, a_lost_packet_is_concealed_at_its_length) {
  Encoder encoder(2);
  auto decoder = OpusDecoder::create({2});
  for (std::size_t packet = 0; packet < 20; ++packet)
    ASSERT_TRUE((*decoder)->decode(encoder.encode(tone(2, 0, packet, 440))));
  const auto concealed = (*decoder)->conceal();
  ASSERT_TRUE(concealed);
  EXPECT_EQ(concealed->size(), 2 * audio_packet_samples);
  EXPECT_GT(energy(*concealed, 2, 0), 1);  // the tone goes on rather than stopping
}

TEST(OpusDecoder, what_is_no_packet_of_this_format_is_refused) {
  auto decoder = OpusDecoder::create({6});
  ASSERT_TRUE(decoder);
  EXPECT_EQ((*decoder)->decode({}).error().code, ErrorCode::malformed);
  const std::vector<std::byte> rubbish(100, std::byte{0xff});
  EXPECT_EQ((*decoder)->decode(rubbish).error().code, ErrorCode::malformed);
  EXPECT_EQ((*decoder)->decode(std::vector<std::byte>(100'000)).error().code, ErrorCode::malformed);
}

TEST(OpusDecoder, a_packet_of_another_length_is_refused) {
  Encoder encoder(2);
  auto decoder = OpusDecoder::create({2});
  const std::vector<float> ten_ms(std::size_t{2} * 480);
  EXPECT_EQ((*decoder)->decode(encoder.encode(ten_ms)).error().code, ErrorCode::malformed);
}

TEST(OpusDecoder, an_unknown_number_of_channels_is_refused) {
  EXPECT_EQ(OpusDecoder::create({3}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pf::client
