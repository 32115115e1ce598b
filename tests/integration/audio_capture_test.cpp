// The capturer against a real PipeWire.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <numbers>
#include <optional>
#include <vector>

#include "host/linux/audio/pipewire_capturer.h"
#include "integration/audio_session.h"

namespace pf {
namespace {

using test::AudioSession;
using test::eventually;

// Everything captured since the last clear().
class Recorder {
 public:
  explicit Recorder(std::size_t channels) : channels_(channels) {}

  host::AudioCapturer::Sink sink() {
    return [this](std::span<const float> samples, TimePoint captured) {
      const std::lock_guard lock(mutex_);
      samples_.insert(samples_.end(), samples.begin(), samples.end());
      times_.push_back(captured);
      sizes_right_ = sizes_right_ && samples.size() == audio_packet_samples * channels_;
    };
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    samples_.clear();
    times_.clear();
  }
  std::size_t packets() {
    const std::lock_guard lock(mutex_);
    return times_.size();
  }
  std::vector<float> channel(std::size_t index) {
    const std::lock_guard lock(mutex_);
    std::vector<float> out;
    for (std::size_t i = index; i < samples_.size(); i += channels_) out.push_back(samples_[i]);
    return out;
  }
  std::vector<TimePoint> times() {
    const std::lock_guard lock(mutex_);
    return times_;
  }
  bool sizes_right() {
    const std::lock_guard lock(mutex_);
    return sizes_right_;
  }

 private:
  std::mutex mutex_;
  std::size_t channels_;
  std::vector<float> samples_;
  std::vector<TimePoint> times_;
  bool sizes_right_ = true;
};

// The share of a signal's energy at one frequency, 0 to 1 (Goertzel's algorithm).
double share(const std::vector<float>& signal, double hertz) {
  const double turn = 2 * std::numbers::pi * hertz / audio_sample_rate;
  double s1 = 0, s2 = 0, energy = 0;
  for (const float x : signal) {
    const double s0 = x + 2 * std::cos(turn) * s1 - s2;
    s2 = s1;
    s1 = s0;
    energy += x * x;
  }
  const double power = s1 * s1 + s2 * s2 - 2 * std::cos(turn) * s1 * s2;
  return energy == 0 ? 0 : 2 * power / (static_cast<double>(signal.size()) * energy);
}

// The same in the best tenth of a second: a loaded machine stutters, but another channel's tone is nowhere in this one.
double best_share(const std::vector<float>& signal, double hertz) {
  constexpr std::size_t tenth = audio_sample_rate / 10;
  double best = 0;
  for (std::size_t at = 0; at + tenth <= signal.size(); at += tenth)
    best = std::max(best, share({signal.begin() + static_cast<std::ptrdiff_t>(at),
                                 signal.begin() + static_cast<std::ptrdiff_t>(at + tenth)},
                                hertz));
  return best;
}

// One tone a channel, `seconds` long.
std::vector<float> tones(const std::vector<double>& hertz, double seconds) {
  std::vector<float> samples;
  for (double i = 0; i < seconds * audio_sample_rate; ++i)
    for (const double f : hertz)
      samples.push_back(static_cast<float>(0.3 * std::sin(2 * std::numbers::pi * f * i / audio_sample_rate)));
  return samples;
}

bool heard(Recorder& recorder, std::size_t channel, double hertz) {
  recorder.clear();
  eventually([&] { return recorder.packets() >= 100; }, std::chrono::seconds{5});
  return share(recorder.channel(channel), hertz) > 0.9;
}

class AudioCapture : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = AudioSession::missing(); !missing.empty()) GTEST_SKIP() << missing;
    session.emplace();
    session->start_daemon();
  }

  std::unique_ptr<host::AudioCapturer> open(Recorder& recorder, std::uint8_t channels) {
    auto capturer = host::open_pipewire_audio({channels}, recorder.sink());
    EXPECT_TRUE(capturer) << capturer.error().message;
    return capturer ? std::move(*capturer) : nullptr;
  }

  std::optional<AudioSession> session;
};

TEST_F(AudioCapture, what_the_default_sink_plays_is_captured_at_its_pitch) {
  Recorder recorder(2);
  const auto capturer = open(recorder, 2);
  const auto player = session->play(tones({1000, 1000}, 20), 2, "stereo", "stereo");
  EXPECT_TRUE(eventually([&] { return heard(recorder, 0, 1000); })) << session->log();
  EXPECT_GT(share(recorder.channel(1), 1000), 0.9);
  EXPECT_TRUE(recorder.sizes_right());
}

TEST_F(AudioCapture, capture_times_follow_each_other_at_five_milliseconds) {
  Recorder recorder(2);
  const auto capturer = open(recorder, 2);
  const auto player = session->play(tones({1000, 1000}, 20), 2, "stereo", "stereo");
  ASSERT_TRUE(eventually([&] { return heard(recorder, 0, 1000); }));
  recorder.clear();
  const TimePoint began = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] { return recorder.packets() >= 400; }));
  const auto times = recorder.times();
  std::size_t off = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const auto step = times[i] - times[i - 1];
    off += step < milliseconds{4} || step > milliseconds{6} ? 1 : 0;
  }
  EXPECT_LE(off, times.size() / 50);  // a loaded machine may miss a cycle of the graph
  EXPECT_LT(std::abs((times.front() - began).count()), Duration{std::chrono::seconds{1}}.count());
}

TEST_F(AudioCapture, each_channel_of_surround_comes_in_the_order_of_opus) {
  session->set_default_sink("surround");
  Recorder recorder(6);
  const auto capturer = open(recorder, 6);
  // FL FR FC LFE RL RR go in, L C R BL BR LFE come out.
  const auto player = session->play(tones({300, 400, 500, 60, 700, 800}, 20), 6, "FL,FR,FC,LFE,RL,RR", "surround");
  const std::array<double, 6> expected{300, 500, 400, 700, 800, 60};
  std::array<double, 6> shares{};
  EXPECT_TRUE(eventually([&] {
    recorder.clear();
    if (!eventually([&] { return recorder.packets() >= 200; }, std::chrono::seconds{5})) return false;
    for (std::size_t c = 0; c < 6; ++c) shares[c] = best_share(recorder.channel(c), expected[c]);
    return std::ranges::all_of(shares, [](double share) { return share > 0.9; });
  })) << testing::PrintToString(shares)
      << session->log();
}

TEST_F(AudioCapture, eight_channels_of_a_stereo_sink_carry_its_two) {
  Recorder recorder(8);
  const auto capturer = open(recorder, 8);
  const auto player = session->play(tones({300, 400}, 20), 2, "stereo", "stereo");
  ASSERT_TRUE(eventually([&] { return heard(recorder, 0, 300); })) << session->log();
  EXPECT_GT(share(recorder.channel(2), 400), 0.9);
}

TEST_F(AudioCapture, a_new_default_sink_is_followed) {
  Recorder recorder(2);
  const auto capturer = open(recorder, 2);
  const auto player = session->play(tones({440, 440}, 30), 2, "stereo", "other");
  ASSERT_TRUE(eventually([&] { return recorder.packets() >= 200; }));
  EXPECT_FALSE(heard(recorder, 0, 440));
  session->set_default_sink("other");
  EXPECT_TRUE(eventually([&] { return heard(recorder, 0, 440); })) << session->log();
}

TEST_F(AudioCapture, a_daemon_that_dies_is_awaited) {
  Recorder recorder(2);
  const auto capturer = open(recorder, 2);
  ASSERT_TRUE(eventually([&] { return recorder.packets() > 10; }));
  session->stop_daemon();
  session->start_daemon();
  recorder.clear();
  const auto player = session->play(tones({1000, 1000}, 20), 2, "stereo", "stereo");
  EXPECT_TRUE(eventually([&] { return heard(recorder, 0, 1000); }, std::chrono::seconds{15})) << session->log();
}

TEST_F(AudioCapture, a_capturer_may_go_while_its_daemon_is_away) {
  Recorder recorder(2);
  auto capturer = open(recorder, 2);
  ASSERT_TRUE(eventually([&] { return recorder.packets() > 10; }));
  session->stop_daemon();
  capturer.reset();
}

TEST_F(AudioCapture, the_probe_says_what_is_there_and_what_is_missing) {
  EXPECT_TRUE(host::probe_pipewire().usable) << host::probe_pipewire().reason;
  session->stop_daemon();
  const host::Probe probe = host::probe_pipewire();
  EXPECT_FALSE(probe.usable);
  EXPECT_NE(probe.reason.find("no PipeWire"), std::string::npos) << probe.reason;
  EXPECT_FALSE(probe.remedy.empty());
  Recorder recorder(2);
  EXPECT_EQ(host::open_pipewire_audio({2}, recorder.sink()).error().code, ErrorCode::closed);
  EXPECT_EQ(host::open_pipewire_audio({3}, recorder.sink()).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pf
