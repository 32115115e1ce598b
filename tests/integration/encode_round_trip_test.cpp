// The real encoder against the real decoder.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <set>

#include "client/media/h264_decoder.h"
#include "client/media/image.h"
#include "host/linux/encode/x264_encoder.h"
#include "integration/encode_pictures.h"

namespace pf {
namespace {

using client::H264Decoder;
using client::to_rgb;
using test::Picture;

constexpr Mode largest_mode{1920, 1080, 60'000};  // of these tests

class EncodeRoundTrip : public testing::Test {
 protected:
  void SetUp() override {
    if (const host::Probe probe = host::probe_x264(); !probe.usable) GTEST_SKIP() << probe.reason;
    decoder = *H264Decoder::create(2, largest_mode);
  }

  std::unique_ptr<host::Encoder> open(const Mode& mode, Bitrate bitrate) {
    auto encoder = host::open_x264({VideoCodec::h264, mode, bitrate, 2}, clock);
    EXPECT_TRUE(encoder) << encoder.error().message;
    return std::move(*encoder);
  }

  client::RgbImage decode(const host::EncodedUnit& unit, std::uint32_t width, std::uint32_t height) {
    auto picture = decoder->decode(unit.data, width, height);
    EXPECT_TRUE(picture) << picture.error().message;
    EXPECT_TRUE(*picture);
    return to_rgb(**picture);
  }

  SteadyClock clock;
  std::unique_ptr<H264Decoder> decoder;
};

std::multiset<unsigned> nal_types(std::span<const std::byte> unit) {
  std::multiset<unsigned> types;
  for (std::size_t i = 0; i + 3 < unit.size(); ++i)
    if (unit[i] == std::byte{0} && unit[i + 1] == std::byte{0} && unit[i + 2] == std::byte{1})
      types.insert(std::to_integer<unsigned>(unit[i + 3]) & 0x1f);
  return types;
}

// max_num_ref_frames of the unit's parameters.
int references_declared(std::span<const std::byte> unit) {
  const auto* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
  const client::av::CodecContext context(avcodec_alloc_context3(codec));
  const auto packet = client::av::packet_of(unit);
  if (avcodec_open2(context.get(), codec, nullptr) < 0 || avcodec_send_packet(context.get(), packet.get()) < 0)
    return -1;
  return context->refs;
}

constexpr unsigned idr_slice = 5, sei = 6, sps = 7, pps = 8, access_unit_delimiter = 9;

TEST_F(EncodeRoundTrip, a_desktop_comes_back_above_35_dB_and_at_its_exact_size) {
  for (const auto& [width, height] :
       {std::pair{1280u, 720u}, {640u, 360u}, {641u, 361u}, {1366u, 767u}, {320u, 201u}}) {
    const auto encoder = open({width, height, 60'000}, 20_mbps);
    const Picture picture = Picture::desktop(width, height);
    client::RgbImage last;
    for (int i = 0; i < 25; ++i) last = decode(*encoder->encode(picture.frame(), host::Entry::follow), width, height);
    const auto psnr = client::psnr(last, picture.rgb());
    ASSERT_TRUE(psnr) << psnr.error().message;
    EXPECT_GT(*psnr, 35) << width << "x" << height;
    RecordProperty("psnr_" + std::to_string(width) + "x" + std::to_string(height), std::to_string(*psnr));
  }
}

TEST_F(EncodeRoundTrip, flat_colours_are_shown_as_they_were) {
  constexpr std::uint32_t width = 320, height = 240;
  for (const auto& [r, g, b] : {std::array{255u, 0u, 0u}, {0u, 255u, 0u}, {0u, 0u, 255u}, {200u, 120u, 40u}}) {
    Picture picture(width, height);
    for (std::uint32_t y = 0; y < height; ++y)
      for (std::uint32_t x = 0; x < width; ++x) picture.set(x, y, r, g, b);
    const auto encoder = open({width, height, 60'000}, 50_mbps);
    const auto image = decode(*encoder->encode(picture.frame(), host::Entry::keyframe), width, height);
    EXPECT_GT(*client::psnr(image, picture.rgb()), 40);
  }
}

TEST_F(EncodeRoundTrip, keyframes_come_when_asked_for_and_never_else) {
  const auto encoder = open({640, 360, 60'000}, 5_mbps);
  for (unsigned i = 0; i < 120; ++i) {
    const bool asked = i == 40 || i == 41 || i == 90;
    // A new scene every 30 pictures must not tempt the encoder.
    const Picture picture = i / 30 % 2 == 0 ? Picture::desktop(640, 360, i) : Picture::noise(640, 360, i / 30);
    const auto unit = encoder->encode(picture.frame(), asked ? host::Entry::keyframe : host::Entry::follow);
    ASSERT_TRUE(unit);
    EXPECT_EQ(unit->keyframe, i == 0 || asked) << i;
    const auto types = nal_types(unit->data);
    EXPECT_EQ(types.count(idr_slice) > 0, unit->keyframe) << i;
    EXPECT_EQ(types.count(sps), unit->keyframe ? 1u : 0u) << i;
    EXPECT_EQ(types.count(pps), unit->keyframe ? 1u : 0u) << i;
    EXPECT_EQ(types.count(sei) + types.count(access_unit_delimiter), 0u) << i;
  }
}

TEST_F(EncodeRoundTrip, a_client_that_keeps_one_picture_is_never_referred_to_an_older_one) {
  for (const unsigned most : {1u, 0u}) {
    const auto encoder =
        *host::open_x264({.mode = {640, 360, 60'000}, .bitrate = 5_mbps, .threads = 2, .max_references = most}, clock);
    for (unsigned i = 0; i < 10; ++i) {
      const auto unit = encoder->encode(Picture::desktop(640, 360, i).frame(), host::Entry::follow);
      ASSERT_TRUE(unit);
      if (i == 0) {
        EXPECT_EQ(references_declared(unit->data) == 1, most == 1);
      }
    }
    EXPECT_EQ(encoder->forget_from(9), most != 1);
    EXPECT_EQ(encoder->encode(Picture::desktop(640, 360, 10).frame(), host::Entry::follow)->keyframe, most == 1);
  }
}

TEST_F(EncodeRoundTrip, a_keyframe_is_all_that_a_new_decoder_needs) {
  const auto encoder = open({640, 360, 60'000}, 5_mbps);
  for (unsigned i = 0; i < 10; ++i)
    ASSERT_TRUE(encoder->encode(Picture::desktop(640, 360, i).frame(), host::Entry::follow));
  const Picture last = Picture::desktop(640, 360, 10);
  const auto unit = encoder->encode(last.frame(), host::Entry::keyframe);
  ASSERT_TRUE(unit);
  EXPECT_GT(*client::psnr(decode(*unit, 640, 360), last.rgb()), 20);
}

TEST_F(EncodeRoundTrip, a_picture_larger_than_what_was_asked_for_is_refused) {
  const auto small = *H264Decoder::create(1, {640, 360, 60'000});
  const auto encoder = open({1280, 720, 60'000}, 5_mbps);
  const auto unit = encoder->encode(Picture::desktop(1280, 720).frame(), host::Entry::keyframe);
  ASSERT_TRUE(unit);
  for (int i = 0; i < 2; ++i) {
    const auto refused = small->decode(unit->data, 1280, 720);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::malformed);
  }
  small->allow({1280, 720, 60'000});
  const auto picture = small->decode(unit->data, 1280, 720);
  EXPECT_TRUE(picture && *picture) << "it was asked for in the meantime";
}

// A client that has everything, beside one that loses `lost` and hears so three units later.
class Repair : public EncodeRoundTrip {
 protected:
  struct Outcome {
    std::size_t size = 0;
    bool keyframe = false;
  };

  void SetUp() override {
    EncodeRoundTrip::SetUp();
    whole_ = *H264Decoder::create(2, largest_mode);
  }

  // A desktop over which something the size of a window moves.
  static Picture screen(unsigned number) {
    static const Picture still = Picture::desktop(width, height);
    static const Picture window = Picture::desktop(320, 200, 50);
    Picture picture = still;
    picture.put(window, 4 * number % (width - 320), 2 * number % (height - 200));
    return picture;
  }
  // Units that both clients get must show the same in both: bit for bit, not just nearly.
  void show_both(const host::EncodedUnit& unit) {
    const auto full = whole_->decode(unit.data, width, height);
    const auto lossy = decoder->decode(unit.data, width, height);
    ASSERT_TRUE(full && *full && lossy && *lossy) << "unit " << next_;
    EXPECT_EQ(to_rgb(**full).pixels, to_rgb(**lossy).pixels) << "unit " << next_;
  }
  host::EncodedUnit encode(host::Entry entry = host::Entry::follow) {
    const auto unit = encoder_->encode(screen(next_++).frame(), entry);
    EXPECT_TRUE(unit);
    return *unit;
  }
  void stream(unsigned units) {
    for (unsigned i = 0; i < units; ++i) show_both(encode());
  }
  // Units that only the one without loss sees.
  void lose(unsigned units) {
    for (unsigned i = 0; i < units; ++i) ASSERT_TRUE(whole_->decode(encode().data, width, height));
  }
  Outcome repair(std::uint64_t from) {
    encoder_->forget_from(from);
    const auto unit = encode();
    show_both(unit);
    return {unit.data.size(), unit.keyframe};
  }

  static constexpr std::uint32_t width = 960, height = 540;
  std::unique_ptr<host::Encoder> encoder_ = open({width, height, 60'000}, 20_mbps);
  std::unique_ptr<H264Decoder> whole_;
  unsigned next_ = 0;
};

TEST_F(Repair, after_a_loss_the_next_unit_shows_the_same_as_without_it_and_is_no_keyframe) {
  stream(30);
  lose(4);
  const auto repaired = repair(30);
  EXPECT_FALSE(repaired.keyframe);
  stream(20);
  const auto keyframe = encode(host::Entry::keyframe).data.size();
  std::printf("a unit that does without 4 lost ones has %zu bytes at 960x540, a keyframe %zu, %.1f times as many\n",
              repaired.size, keyframe, static_cast<double>(keyframe) / static_cast<double>(repaired.size));
  EXPECT_LT(repaired.size * 2, keyframe);
}

TEST_F(Repair, a_repair_that_is_lost_itself_is_repaired) {
  stream(30);
  lose(2);
  encoder_->forget_from(30);
  lose(2);  // the first of them the repair
  EXPECT_FALSE(repair(32).keyframe);
  stream(20);
}

TEST_F(Repair, a_loss_that_is_older_than_every_reference_is_answered_with_a_keyframe) {
  stream(30);
  lose(8);
  EXPECT_TRUE(repair(30).keyframe);
  stream(3);
}

TEST_F(Repair, a_lost_keyframe_is_answered_with_another) {
  stream(30);
  ASSERT_TRUE(whole_->decode(encode(host::Entry::keyframe).data, width, height));
  lose(1);
  EXPECT_TRUE(repair(30).keyframe);
  stream(3);
}

TEST_F(Repair, a_hundred_losses_in_a_row_leave_nothing_behind) {
  stream(10);
  for (unsigned i = 0; i < 100; ++i) {
    const auto from = next_;
    lose(1 + i % 6);
    EXPECT_FALSE(repair(from).keyframe) << i;
    stream(i % 3);
  }
  stream(20);
}

TEST_F(EncodeRoundTrip, each_of_500_pictures_comes_out_before_the_next_goes_in) {
  const auto encoder = open({320, 200, 120'000}, 2_mbps);
  for (unsigned i = 0; i < 500; ++i) {
    const Picture picture = Picture::desktop(320, 200, i);
    const auto unit = encoder->encode(picture.frame(), host::Entry::follow);
    ASSERT_TRUE(unit) << i;
    const auto decoded = decoder->decode(unit->data, 320, 200);
    ASSERT_TRUE(decoded && *decoded) << i;
    // The picture that came out is the one that went in, not an older one.
    if (i % 50 == 49) {
      EXPECT_GT(*client::psnr(to_rgb(**decoded), picture.rgb()), 20) << i;
    }
  }
}

TEST_F(EncodeRoundTrip, a_new_bitrate_holds_from_the_next_pictures_on_without_a_keyframe) {
  const Mode mode{640, 360, 60'000};
  const auto encoder = open(mode, 8_mbps);
  std::vector<Picture> scenes;
  for (unsigned i = 0; i < 8; ++i) scenes.push_back(Picture::noise(640, 360, i));
  unsigned encoded = 0;
  const auto average = [&](unsigned settle, unsigned count) {
    std::size_t bytes = 0;
    for (unsigned i = 0; i < settle + count; ++i) {
      const auto unit = encoder->encode(scenes[i % scenes.size()].frame(), host::Entry::follow);
      EXPECT_TRUE(unit);
      if (i >= settle) bytes += unit->data.size();
      EXPECT_EQ(unit->keyframe, encoded++ == 0);
    }
    return static_cast<double>(bytes) * 8 * 60 / count;
  };
  EXPECT_NEAR(average(30, 60), 8e6, 2e6);
  for (const auto rate : {3_mbps, 12_mbps, 4_mbps}) {
    ASSERT_TRUE(encoder->set_bitrate(rate));
    const double bits = static_cast<double>(rate.bits_per_second);
    EXPECT_NEAR(average(6, 60), bits, bits * 0.25);
  }
}

TEST_F(EncodeRoundTrip, no_picture_takes_much_more_than_the_buffer_allows) {
  const Mode mode{640, 360, 60'000};
  const auto encoder = open(mode, 10_mbps);  // one interval is 20.8 kB, more than the floor at this size
  std::size_t largest = 0;
  for (unsigned i = 0; i < 90; ++i) {
    const Picture picture = i % 30 < 15 ? Picture::desktop(640, 360, i) : Picture::noise(640, 360, i);
    const auto unit = encoder->encode(picture.frame(), i % 45 == 44 ? host::Entry::keyframe : host::Entry::follow);
    ASSERT_TRUE(unit);
    if (i > 0) largest = std::max(largest, unit->data.size());
  }
  RecordProperty("largest", static_cast<int>(largest));
  EXPECT_LT(largest, 2 * 20'833u);
}

TEST_F(EncodeRoundTrip, a_new_size_in_mid_stream_needs_only_its_keyframe) {
  const auto first = open({640, 360, 60'000}, 5_mbps);
  const auto second = open({853, 479, 60'000}, 5_mbps);
  decode(*first->encode(Picture::desktop(640, 360).frame(), host::Entry::follow), 640, 360);
  decode(*first->encode(Picture::desktop(640, 360, 1).frame(), host::Entry::follow), 640, 360);
  const auto image = decode(*second->encode(Picture::desktop(853, 479).frame(), host::Entry::follow), 853, 479);
  EXPECT_EQ(image.width, 853u);
  EXPECT_EQ(image.height, 479u);
}

TEST_F(EncodeRoundTrip, what_is_no_access_unit_is_reported_and_the_next_keyframe_mends_it) {
  const auto encoder = open({320, 200, 60'000}, 5_mbps);
  std::vector<std::byte> rubbish(200, std::byte{0x5a});
  EXPECT_FALSE(decoder->decode(rubbish, 320, 200));
  EXPECT_FALSE(decoder->decode({}, 320, 200));
  const auto unit = encoder->encode(Picture::desktop(320, 200).frame(), host::Entry::keyframe);
  EXPECT_EQ(decoder->decode(unit->data, 322, 200).error().code, ErrorCode::malformed);
  const auto again = encoder->encode(Picture::desktop(320, 200).frame(), host::Entry::keyframe);
  EXPECT_TRUE(decoder->decode(again->data, 320, 200));
}

TEST_F(EncodeRoundTrip, what_x264_cannot_do_is_refused_with_a_sentence) {
  EXPECT_EQ(host::open_x264({VideoCodec::hevc, {640, 360, 60'000}, 5_mbps, 0}, clock).error().code,
            ErrorCode::unsupported);
  EXPECT_EQ(host::open_x264({VideoCodec::h264, {0, 360, 60'000}, 5_mbps, 0}, clock).error().code,
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pf
