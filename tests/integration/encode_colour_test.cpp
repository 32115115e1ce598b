// Colours through the real encoder and the real decoder, read as the stream itself says that they are to be read.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "client/media/h264_decoder.h"
#include "host/linux/encode/x264_encoder.h"
#include "integration/encode_pictures.h"

namespace pf {
namespace {

using host::Colour;
using host::ColourMatrix;
using Rgb = std::array<double, 3>;

constexpr std::uint32_t width = 320, height = 240, patch = 80;
constexpr std::array<Rgb, 12> colours{{{255, 255, 255},
                                       {0, 0, 0},
                                       {255, 0, 0},
                                       {0, 255, 0},
                                       {0, 0, 255},
                                       {128, 128, 128},
                                       {200, 120, 40},
                                       {30, 90, 160},
                                       {255, 255, 0},
                                       {0, 255, 255},
                                       {255, 0, 255},
                                       {60, 60, 60}}};

test::Picture patches(host::PixelFormat format) {
  test::Picture picture(width, height, format);
  for (std::uint32_t y = 0; y < height; ++y)
    for (std::uint32_t x = 0; x < width; ++x) {
      const auto& [r, g, b] = colours.at(y / patch * 4 + x / patch);
      picture.set(x, y, static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(g), static_cast<std::uint32_t>(b));
    }
  return picture;
}

// ITU-T H.273, tables 4 and 8.3: shares of red and blue in luma, by the number of the matrix.
const std::map<AVColorSpace, std::pair<double, double>> shares{{AVCOL_SPC_SMPTE170M, {0.299, 0.114}},
                                                               {AVCOL_SPC_BT709, {0.2126, 0.0722}},
                                                               {AVCOL_SPC_BT2020_NCL, {0.2627, 0.0593}}};

Rgb read(const AVFrame& frame, std::uint32_t x, std::uint32_t y) {
  const auto sample = [&](int plane, std::uint32_t column, std::uint32_t row) {
    return static_cast<double>(frame.data[plane][row * static_cast<std::uint32_t>(frame.linesize[plane]) + column]);
  };
  const bool full = frame.color_range == AVCOL_RANGE_JPEG;
  const auto [red, blue] = shares.at(frame.colorspace);
  const double luma = full ? sample(0, x, y) : (sample(0, x, y) - 16) * 255 / 219;
  const double chroma = full ? 1 : 255.0 / 224;
  const double b = luma + (sample(1, x / 2, y / 2) - 128) * chroma * 2 * (1 - blue);
  const double r = luma + (sample(2, x / 2, y / 2) - 128) * chroma * 2 * (1 - red);
  const double g = (luma - red * r - blue * b) / (1 - red - blue);
  return {std::clamp(r, 0.0, 255.0), std::clamp(g, 0.0, 255.0), std::clamp(b, 0.0, 255.0)};
}

struct Asked {
  Colour colour;
  AVColorSpace matrix;
  AVColorRange range;
};

class EncodeColour : public testing::TestWithParam<Asked> {
 protected:
  void SetUp() override {
    if (const host::Probe probe = host::probe_x264(); !probe.usable) GTEST_SKIP() << probe.reason;
  }
};

TEST_P(EncodeColour, flat_colours_come_back_as_they_were_and_the_stream_says_how) {
  const Mode mode{width, height, 60'000};
  const SteadyClock clock;
  for (const auto format : {host::PixelFormat::xrgb8888, host::PixelFormat::xbgr8888}) {
    const auto encoder = host::open_x264(
        {.codec = VideoCodec::h264, .mode = mode, .bitrate = 50_mbps, .threads = 2, .colour = GetParam().colour},
        clock);
    ASSERT_TRUE(encoder);
    const auto picture = patches(format);
    const auto unit = (*encoder)->encode(picture.frame(), host::Entry::keyframe);
    ASSERT_TRUE(unit);
    const auto decoder = *client::H264Decoder::create(2, mode);
    const auto decoded = decoder->decode(unit->data, width, height);
    ASSERT_TRUE(decoded && *decoded);
    const AVFrame& frame = (*decoded)->frame();
    EXPECT_EQ(frame.colorspace, GetParam().matrix);
    EXPECT_EQ(frame.color_range, GetParam().range);
    EXPECT_EQ(frame.color_primaries, AVCOL_PRI_BT709);
    EXPECT_EQ(frame.color_trc, AVCOL_TRC_BT709);
    EXPECT_EQ(frame.chroma_location, AVCHROMA_LOC_CENTER);
    for (std::uint32_t i = 0; i < colours.size(); ++i) {
      const auto seen = read(frame, i % 4 * patch + patch / 2, i / 4 * patch + patch / 2);
      for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(seen.at(c), colours.at(i).at(c), 4) << "patch " << i << " channel " << c;
    }
  }
}

std::string name_of(const testing::TestParamInfo<Asked>& asked) {
  constexpr std::array names{"rec601", "rec709", "rec2020"};
  const auto& colour = asked.param.colour;
  return names.at(static_cast<std::size_t>(colour.matrix)) + std::string(colour.full_range ? "_full" : "_limited");
}

INSTANTIATE_TEST_SUITE_P(Modes, EncodeColour,
                         testing::Values(Asked{{ColourMatrix::rec601, false}, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_MPEG},
                                         Asked{{ColourMatrix::rec601, true}, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_JPEG},
                                         Asked{{ColourMatrix::rec709, false}, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG},
                                         Asked{{ColourMatrix::rec709, true}, AVCOL_SPC_BT709, AVCOL_RANGE_JPEG},
                                         Asked{{ColourMatrix::rec2020, false}, AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_MPEG},
                                         Asked{{ColourMatrix::rec2020, true}, AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_JPEG}),
                         name_of);

}  // namespace
}  // namespace pf
