// The real encoder and the real decoder, on a way that loses units: what a client shows after a loss that no reference
// is left for.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "client/media/h264_decoder.h"
#include "client/media/image.h"
#include "client/play/video_player.h"
#include "host/linux/encode/x264_encoder.h"
#include "host/linux/encode/x264_policy.h"
#include "host/stream/loss_recovery.h"
#include "integration/encode_pictures.h"

namespace pf {
namespace {

using client::H264Decoder;
using client::to_rgb;
using host::Entry;
using test::Picture;

constexpr Mode mode{960, 540, 60'000};
constexpr Bitrate rate = 5_mbps;  // a keyframe has two and a half times a frame interval's worth

/// Two windows that move over a desktop.
Picture screen(unsigned number) {
  static const Picture still = Picture::desktop(mode.width, mode.height);
  static const Picture first = Picture::desktop(320, 200, 50);
  static const Picture second = Picture::desktop(240, 160, 90);
  Picture picture = still;
  picture.put(first, 4 * number % (mode.width - 320), 2 * number % (mode.height - 200));
  picture.put(second, 3 * number % (mode.width - 240), 5 * number % (mode.height - 160));
  return picture;
}

/// As no screen() is: what is not filled in yet.
bool is_grey_at_the_right(const client::RgbImage& image) {
  constexpr std::uint32_t columns = 16;
  constexpr int grey = 130;  // Y = 128 in RGB
  for (std::uint32_t y = 0; y < image.height; ++y)
    for (std::uint32_t x = image.width - columns; x < image.width; ++x)
      for (std::size_t channel = 0; channel < 3; ++channel)
        if (std::abs(image.pixels[3 * (std::size_t{y} * image.width + x) + channel] - grey) > 20) return false;
  return true;
}

class Refresh : public testing::Test {
 protected:
  void SetUp() override {
    if (const host::Probe probe = host::probe_x264(); !probe.usable) GTEST_SKIP() << probe.reason;
    encoder_ = open(mode, rate);
    decoder_ = *H264Decoder::create(2, mode);
  }

  std::unique_ptr<host::Encoder> open(const Mode& of, Bitrate bitrate, bool hides = true) {
    auto encoder = host::open_x264(
        {.codec = VideoCodec::h264, .mode = of, .bitrate = bitrate, .threads = 2, .hides = hides}, clock_);
    EXPECT_TRUE(encoder) << encoder.error().message;
    return std::move(*encoder);
  }
  host::EncodedUnit encode(Entry entry) {
    const auto unit = encoder_->encode(screen(next_++).frame(), entry);
    EXPECT_TRUE(unit);
    return *unit;
  }
  void stream(unsigned units) {
    for (unsigned i = 0; i < units; ++i) decode(encode(Entry::follow));
  }
  client::RgbImage decode(const host::EncodedUnit& unit) {
    auto picture = decoder_->decode(unit.data, mode.width, mode.height);
    EXPECT_TRUE(picture && *picture) << next_;
    return to_rgb(**picture);
  }

  SteadyClock clock_;
  std::unique_ptr<host::Encoder> encoder_;
  std::unique_ptr<H264Decoder> decoder_;
  unsigned next_ = 0;
};

TEST_F(Refresh, the_picture_is_whole_with_the_unit_that_the_count_leads_to_and_not_before) {
  stream(10);
  const auto units = host::x264::refresh_units(mode, rate);
  ASSERT_GT(units, 3u);
  for (unsigned i = 0; i < units; ++i) {
    const auto unit = encode(i == 0 ? Entry::refresh : Entry::follow);
    EXPECT_EQ(unit.until_shown, units - 1 - i);
    EXPECT_EQ(unit.keyframe, i == 0);
    const auto picture = decode(unit);
    EXPECT_EQ(is_grey_at_the_right(picture), unit.until_shown > 0) << i;
    if (unit.until_shown == 0) {
      EXPECT_GT(*client::psnr(picture, screen(next_ - 1).rgb()), 24);
    }
  }
  EXPECT_EQ(encode(Entry::follow).until_shown, 0);
}

TEST_F(Refresh, no_unit_of_it_is_half_as_large_as_a_keyframe_would_be) {
  const auto other = open(mode, rate);
  stream(60);
  for (unsigned i = 0; i < next_; ++i) ASSERT_TRUE(other->encode(screen(i).frame(), Entry::follow));
  const auto keyframe = other->encode(screen(next_).frame(), Entry::keyframe)->data.size();
  const auto units = host::x264::refresh_units(mode, rate);
  std::size_t largest = 0;
  for (unsigned i = 0; i < units; ++i)
    largest = std::max(largest, encode(i == 0 ? Entry::refresh : Entry::follow).data.size());
  std::printf("960x540 at 5 Mbit/s: a keyframe has %zu bytes, the largest of %u units of a refresh %zu\n", keyframe,
              units, largest);
  EXPECT_LT(largest * 2, keyframe);
  EXPECT_LE(largest * 8, rate.bits_per_second / 60 * 11 / 10) << "one frame interval, and a little";
}

TEST_F(Refresh, a_keyframe_takes_the_place_of_one_that_is_not_through) {
  stream(5);
  EXPECT_GT(encode(Entry::refresh).until_shown, 0);
  EXPECT_GT(encode(Entry::follow).until_shown, 0);
  const auto unit = encode(Entry::keyframe);
  EXPECT_EQ(unit.until_shown, 0);
  EXPECT_FALSE(is_grey_at_the_right(decode(unit)));
}

TEST_F(Refresh, a_new_bitrate_in_the_middle_of_one_lets_it_go_on) {
  stream(5);
  const auto units = encode(Entry::refresh).until_shown;
  ASSERT_TRUE(encoder_->set_bitrate(3_mbps));
  for (int left = units - 1; left >= 0; --left) {
    const auto unit = encode(Entry::follow);
    EXPECT_EQ(unit.until_shown, left);
    EXPECT_LE(unit.data.size() * 8, 3'000'000u / 60 * 3 / 2);
  }
}

TEST_F(Refresh, where_a_keyframe_is_no_burst_or_the_client_shows_everything_it_is_a_keyframe) {
  for (const auto& encoder : {open(mode, 20_mbps), open(mode, rate, false)}) {
    ASSERT_TRUE(encoder->encode(screen(0).frame(), Entry::follow));
    const auto unit = encoder->encode(screen(1).frame(), Entry::refresh);
    ASSERT_TRUE(unit);
    EXPECT_TRUE(unit->keyframe);
    EXPECT_EQ(unit->until_shown, 0);
  }
}

TEST_F(Refresh, a_player_keeps_what_it_shows_until_one_is_through) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::uint32_t> shown;
  client::VideoPlayer player(*H264Decoder::create(2, mode), {.on_picture = [] {},
                                                             .on_decoded =
                                                                 [&](session::ReceivedUnit& unit, Duration, TimePoint) {
                                                                   const std::lock_guard lock(mutex);
                                                                   shown.push_back(unit.timestamp_us);
                                                                   changed.notify_all();
                                                                 },
                                                             .on_keyframe_wanted = [] {}});
  const auto play = [&](Entry entry) {
    session::ReceivedUnit unit;
    unit.timestamp_us = next_;
    const auto encoded = encode(entry);
    unit.keyframe = encoded.keyframe;
    unit.prefix.width = mode.width;
    unit.prefix.height = mode.height;
    unit.prefix.until_shown = encoded.until_shown;
    unit.data = session::UnitBytes::copy_of(encoded.data);
    player.put(std::move(unit));
    return encoded.until_shown;
  };
  play(Entry::follow);
  auto left = play(Entry::refresh);
  while (left > 0) left = play(Entry::follow);
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{20}, [&] { return shown.size() >= 2; }));
  EXPECT_EQ(shown, (std::vector<std::uint32_t>{0, next_ - 1}));
}

// A client that loses units by a seed, and a host that hears of it some units later, as EncodeLoop does.
class LossyWay : public Refresh {
 protected:
  struct Counts {
    unsigned shown = 0, hidden = 0, repairs = 0, refreshes = 0, keyframes = 0;
  };
  struct Report {
    unsigned at = 0;  // before the host encodes this unit
    FrameId first{}, last{};
    bool keyframe = false;
  };

  void run(unsigned units, const std::function<bool(unsigned)>& lost) {
    whole_ = *H264Decoder::create(2, mode);
    for (unsigned i = 0; i < units; ++i) {
      const auto unit = encode(hear(i));
      recovery_.encoded(unit);
      const FrameId frame{i + 1};
      const bool entry = unit.keyframe || recovery_.repaired();
      counts_.repairs += recovery_.repaired() ? 1 : 0;
      recovery_.sent(frame);
      const auto all = whole_->decode(unit.data, mode.width, mode.height);
      ASSERT_TRUE(all && *all);
      if (!lost(i)) arrive(unit, frame, entry, i, **all);
      if (HasFailure()) return;
    }
  }

  Entry hear(unsigned now) {
    bool keyframe = now == 0;
    while (!reports_.empty() && reports_.front().at <= now) {
      const auto& report = reports_.front();
      if (report.keyframe)
        keyframe = true;
      else
        recovery_.lose(report.first, report.last, *encoder_);
      reports_.pop_front();
    }
    const auto entry = keyframe ? Entry::keyframe : recovery_.next();
    counts_.keyframes += entry == Entry::keyframe ? 1 : 0;
    counts_.refreshes += entry == Entry::refresh ? 1 : 0;
    return entry;
  }

  void arrive(const host::EncodedUnit& unit, FrameId frame, bool entry, unsigned now, const client::Picture& all) {
    if (frame != delivered_.next() && !entry) {
      if (!asked_at_)
        reports_.push_back({.at = now + heard_after, .first = delivered_.next(), .last = frame});
      else if (now - *asked_at_ >= patience)
        reports_.push_back({.at = now + heard_after, .keyframe = true});
      else
        return;
      asked_at_ = now;
      return;
    }
    delivered_ = frame;
    asked_at_.reset();
    const auto picture = decoder_->decode(unit.data, mode.width, mode.height);
    ASSERT_TRUE(picture && *picture) << "unit " << now;
    if (unit.until_shown > 0) {
      ++counts_.hidden;
      return;
    }
    ++counts_.shown;
    longest_wait_ = std::max(longest_wait_, now - std::exchange(shown_at_, now));
    const auto shown = to_rgb(**picture);
    ASSERT_EQ(shown.pixels, to_rgb(all).pixels) << "unit " << now;
    ASSERT_FALSE(is_grey_at_the_right(shown)) << "unit " << now;
  }

  static constexpr unsigned heard_after = 3;  // units
  static constexpr unsigned patience = 9;
  std::unique_ptr<H264Decoder> whole_;
  host::LossRecovery recovery_;
  FrameId delivered_;
  std::optional<unsigned> asked_at_;
  std::deque<Report> reports_;
  unsigned shown_at_ = 0;
  unsigned longest_wait_ = 0;
  Counts counts_;
};

TEST_F(LossyWay, what_is_shown_is_whole_and_as_without_losses_whatever_was_lost) {
  std::mt19937_64 random(11);
  bool losing = false;
  run(400, [&](unsigned unit) {
    losing = unit > 0 && random() % 100 < (losing ? 88 : 4);
    return losing;
  });
  EXPECT_GT(counts_.shown, 100u);
  EXPECT_GT(counts_.hidden, 8u);
  EXPECT_GE(counts_.repairs, 2u);
  EXPECT_GE(counts_.refreshes, 4u);
  std::printf("shown %u, hidden %u, repairs %u, refreshes %u, keyframes %u\n", counts_.shown, counts_.hidden,
              counts_.repairs, counts_.refreshes, counts_.keyframes);
}

TEST_F(LossyWay, bursts_that_leave_no_reference_need_no_keyframe_and_cost_no_more_than_a_refresh) {
  constexpr unsigned burst = 12;
  run(200, [](unsigned unit) { return unit % 50 >= 30 && unit % 50 < 30 + burst; });
  EXPECT_EQ(counts_.refreshes, 4u);
  EXPECT_EQ(counts_.keyframes, 1u);
  EXPECT_LE(longest_wait_, burst + heard_after + host::x264::refresh_units(mode, rate));
}

TEST_F(LossyWay, a_unit_of_a_refresh_that_is_lost_is_done_without) {
  // Units 30 to 41 are lost, 42 says so, and the refresh begins with 45.
  run(80, [](unsigned unit) { return (unit >= 30 && unit < 42) || unit == 46 || unit == 49; });
  EXPECT_EQ(counts_.refreshes, 1u);
  EXPECT_EQ(counts_.repairs, 1u) << "which does without everything since 46";
  EXPECT_EQ(counts_.keyframes, 1u);
}

TEST_F(LossyWay, a_refresh_whose_first_unit_is_lost_is_followed_by_a_keyframe) {
  run(80, [](unsigned unit) { return (unit >= 30 && unit < 42) || unit == 45; });
  EXPECT_EQ(counts_.refreshes, 1u);
  EXPECT_EQ(counts_.keyframes, 2u);
}

}  // namespace
}  // namespace pf
