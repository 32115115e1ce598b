// A recording with a change of size in mid-stream, judged by ffprobe and ffmpeg.
#include <gtest/gtest.h>
#include <opus/opus_multistream.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "client/media/mkv_writer.h"
#include "host/linux/encode/x264_encoder.h"
#include "integration/encode_pictures.h"

namespace pf {
namespace {

struct Output {
  std::string text;
  int status = -1;
};

Output run(const std::string& command) {
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> chunk{};
  while (const std::size_t n = fread(chunk.data(), 1, chunk.size(), pipe)) output.text.append(chunk.data(), n);
  output.status = pclose(pipe);
  return output;
}

class Recording : public testing::Test {
 protected:
  void SetUp() override {
    if (const host::Probe probe = host::probe_x264(); !probe.usable) GTEST_SKIP() << probe.reason;
    if (run("ffmpeg -version").status != 0 || run("ffprobe -version").status != 0) GTEST_SKIP() << "ffmpeg is missing";
    std::string name = (std::filesystem::temp_directory_path() / "punktfunk-recording-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override {
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }

  void record_pictures(client::MkvWriter& recording, std::uint32_t width, std::uint32_t height, unsigned count) {
    auto encoder = host::open_x264({VideoCodec::h264, {width, height, 60'000}, 5_mbps, 1}, clock);
    ASSERT_TRUE(encoder);
    for (unsigned i = 0; i < count; ++i, now += microseconds{16'667}) {
      const auto unit = (*encoder)->encode(test::Picture::desktop(width, height, i).frame(), host::Entry::follow);
      ASSERT_TRUE(unit);
      ASSERT_TRUE(recording.write_video(unit->data, unit->keyframe, width, height, now));
    }
  }

  SteadyClock clock;
  std::filesystem::path folder;
  TimePoint now{std::chrono::hours{5}};
};

TEST_F(Recording, of_two_sizes_decodes_to_its_last_picture) {
  const auto file = folder / "two-sizes.mkv";
  auto recording = client::MkvWriter::create(file, std::nullopt);
  ASSERT_TRUE(recording) << recording.error().message;
  record_pictures(**recording, 640, 360, 60);
  record_pictures(**recording, 960, 540, 60);
  const auto finished = (*recording)->finish();
  ASSERT_TRUE(finished) << finished.error().message;

  const Output sizes = run("ffprobe -v error -select_streams v -show_entries frame=width,height -of csv=p=0 " +
                           file.string() + " | sort | uniq -c | tr -s ' '");
  EXPECT_EQ(sizes.text, " 60 640,360\n 60 960,540\n");
  const Output decoded = run("ffmpeg -v warning -xerror -i " + file.string() + " -f null -");
  EXPECT_EQ(decoded.status, 0);
  EXPECT_EQ(decoded.text, "");
  const Output duration = run("ffprobe -v error -show_entries format=duration -of csv=p=0 " + file.string());
  EXPECT_NEAR(std::atof(duration.text.c_str()), 2.0, 0.1) << duration.text;
}

TEST_F(Recording, keeps_sound_beside_the_pictures) {
  const auto file = folder / "sound.mkv";
  for (const int channels : {2, 6, 8}) {
    auto recording = client::MkvWriter::create(file, AudioFormat{static_cast<std::uint8_t>(channels)});
    ASSERT_TRUE(recording) << recording.error().message;
    int streams = 0, coupled = 0, code = 0;
    std::array<unsigned char, 8> mapping{};
    OpusMSEncoder* opus =
        opus_multistream_surround_encoder_create(48'000, channels, channels > 2 ? 1 : 0, &streams, &coupled,
                                                 mapping.data(), OPUS_APPLICATION_RESTRICTED_LOWDELAY, &code);
    ASSERT_NE(opus, nullptr);
    const std::vector<float> samples(static_cast<std::size_t>(240 * channels), 0.1F);
    std::vector<std::byte> packet(4000);
    const TimePoint began = now;
    record_pictures(**recording, 320, 200, 1);
    for (int i = 0; i < 200; ++i) {
      const int size = opus_multistream_encode_float(opus, samples.data(), 240,
                                                     reinterpret_cast<unsigned char*>(packet.data()), 4000);
      ASSERT_GT(size, 0);
      const auto written =
          (*recording)
              ->write_audio(std::span(packet).first(static_cast<std::size_t>(size)), began + milliseconds{5} * i);
      ASSERT_TRUE(written) << written.error().message;
    }
    opus_multistream_encoder_destroy(opus);
    ASSERT_TRUE((*recording)->finish());

    const Output streams_seen =
        run("ffprobe -v error -show_entries stream=codec_name,channels -of csv=p=0 " + file.string());
    EXPECT_EQ(streams_seen.text, "h264\nopus," + std::to_string(channels) + "\n");
    const Output decoded = run("ffmpeg -v warning -xerror -i " + file.string() + " -map 0:a -f f32le - | wc -c");
    EXPECT_NEAR(std::atof(decoded.text.c_str()) / channels / 4, 48'000, 500) << decoded.text;
  }
}

TEST_F(Recording, without_a_keyframe_says_that_it_is_empty) {
  auto recording = client::MkvWriter::create(folder / "empty.mkv", std::nullopt);
  ASSERT_TRUE(recording);
  const std::vector<std::byte> unit(10);
  ASSERT_TRUE((*recording)->write_video(unit, false, 320, 200, now));
  EXPECT_EQ((*recording)->finish().error().code, ErrorCode::closed);
  EXPECT_EQ((*recording)->write_audio(unit, now).error().code, ErrorCode::invalid_argument);
}

TEST_F(Recording, that_cannot_be_written_says_why) {
  const auto recording = client::MkvWriter::create("/nonexistent/recording.mkv", std::nullopt);
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().code, ErrorCode::io);
  EXPECT_NE(recording.error().message.find("No such file"), std::string::npos) << recording.error().message;
}

}  // namespace
}  // namespace pf
