#include "client/play/audio_player.h"

#include <gtest/gtest.h>
#include <opus/opus.h>

#include <array>
#include <cmath>
#include <numbers>

namespace pf::client {
namespace {

/// Makes the packets of a tone of 1 kHz.
class Tone {
 public:
  Tone() : encoder_(opus_encoder_create(48'000, 2, OPUS_APPLICATION_RESTRICTED_LOWDELAY, nullptr)) {}
  ~Tone() { opus_encoder_destroy(encoder_); }
  Tone(const Tone&) = delete;
  Tone& operator=(const Tone&) = delete;

  session::ReceivedAudio next() {
    std::array<float, 2 * audio_packet_samples> pcm{};
    for (std::size_t i = 0; i < audio_packet_samples; ++i) {
      const double t = static_cast<double>(samples_++) / 48'000;
      pcm[2 * i] = pcm[2 * i + 1] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * 1000 * t));
    }
    std::array<unsigned char, 1500> bytes{};
    const int size = opus_encode_float(encoder_, pcm.data(), audio_packet_samples, bytes.data(), bytes.size());
    session::ReceivedAudio sound;
    sound.id = id_;
    id_ = id_.next();
    sound.opus = session::UnitBytes::copy_of(std::as_bytes(std::span(bytes)).first(static_cast<std::size_t>(size)));
    return sound;
  }

 private:
  OpusEncoder* encoder_;
  std::uint64_t samples_ = 0;
  FrameId id_{1};
};

class AudioPlayerTest : public testing::Test {
 protected:
  std::vector<float> play(std::size_t packets) {
    std::vector<float> out(packets * 2 * audio_packet_samples);
    player->fill(out);
    return out;
  }
  static double loudness(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) sum += sample * sample;
    return std::sqrt(sum / static_cast<double>(samples.size()));
  }
  /// The largest change from one sample to the next: a click is a change that the tone alone does not make.
  static float steepest(std::span<const float> samples) {
    float most = 0;
    for (std::size_t i = 2; i < samples.size(); ++i) most = std::max(most, std::abs(samples[i] - samples[i - 2]));
    return most;
  }

  std::unique_ptr<AudioPlayer> player = AudioPlayer::create(AudioFormat{2}).value();
  Tone tone;
};

TEST_F(AudioPlayerTest, is_silent_before_there_is_sound) {
  EXPECT_EQ(loudness(play(10)), 0);
}

TEST_F(AudioPlayerTest, plays_what_arrives_in_pieces_of_any_size) {
  for (int i = 0; i < 30; ++i) player->put(tone.next());
  std::vector<float> heard;
  for (const std::size_t piece : {2u, 700u, 14u, 2000u, 4000u}) {
    std::vector<float> out(piece);
    player->fill(out);
    heard.insert(heard.end(), out.begin(), out.end());
  }
  EXPECT_NEAR(loudness(std::span(heard).subspan(2000)), 0.35, 0.05);
  EXPECT_LT(steepest(heard), 0.12F);
}

TEST_F(AudioPlayerTest, an_underrun_ends_without_a_click) {
  for (int i = 0; i < 8; ++i) player->put(tone.next());
  const auto heard = play(12);
  EXPECT_LT(steepest(heard), 0.12F);
  EXPECT_EQ(loudness(std::span(heard).last(2 * audio_packet_samples)), 0);
  EXPECT_EQ(player->figures().counters.underruns, 1u);
}

TEST_F(AudioPlayerTest, bytes_that_are_no_opus_are_concealed) {
  for (int i = 0; i < 12; ++i) {
    auto sound = tone.next();
    if (i == 6) sound.opus = session::UnitBytes::copy_of(std::vector(40, std::byte{0xFF}));
    player->put(std::move(sound));
  }
  EXPECT_GT(loudness(std::span<const float>(play(10)).last(2 * audio_packet_samples)), 0.2);
}

TEST_F(AudioPlayerTest, catching_up_is_heard_as_sound_and_not_as_gaps) {
  for (int i = 0; i < 20; ++i) player->put(tone.next());
  std::vector<float> heard;
  for (int i = 0; i < 1500; ++i) {
    player->put(tone.next());
    const auto packet = play(1);
    if (i > 10) {
      ASSERT_GT(loudness(packet), 0.1) << i;
    }
  }
  EXPECT_GT(player->figures().counters.merged, 0u);
  EXPECT_LE(player->figures().depth, 6u);
}

}  // namespace
}  // namespace pf::client
