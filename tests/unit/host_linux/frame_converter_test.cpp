#include "host/linux/encode/frame_converter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pf::host {
namespace {

struct Screen {
  std::uint32_t width, height;
  std::vector<std::byte> pixels;
  Screen(std::uint32_t w, std::uint32_t h) : width(w), height(h), pixels(std::size_t{4} * w * h) {}

  void fill(int grey) { std::fill(pixels.begin(), pixels.end(), static_cast<std::byte>(grey)); }
  [[nodiscard]] CapturedFrame frame(std::uint64_t sequence, const DamageList& damage) const {
    CapturedFrame frame;
    frame.pixels = pixels;
    frame.width = width;
    frame.height = height;
    frame.stride = 4 * width;
    frame.sequence = sequence;
    frame.damage = damage;
    return frame;
  }
};

int luma(const FrameConverter& converter, int x, int y) {
  return converter.picture()->data[0][y * converter.picture()->linesize[0] + x];
}

constexpr int black = 16, white = 235, grey = 128;

TEST(FrameConverter, only_damage_is_converted_when_the_last_frame_was_seen) {
  Screen screen(64, 48);
  auto converter = FrameConverter::create(64, 48, {});
  ASSERT_TRUE(converter);
  ASSERT_TRUE((*converter)->convert(screen.frame(1, {})));
  screen.fill(255);
  ASSERT_TRUE((*converter)->convert(screen.frame(2, {{9, 9, 2, 2}})));
  EXPECT_EQ(luma(**converter, 7, 9), black);
  EXPECT_EQ(luma(**converter, 8, 8), white);  // the 2x2 blocks that damage touches are converted whole
  EXPECT_EQ(luma(**converter, 11, 11), white);
  EXPECT_EQ(luma(**converter, 12, 11), black);
  EXPECT_EQ(luma(**converter, 11, 12), black);
}

TEST(FrameConverter, a_gap_in_the_sequence_converts_everything) {
  Screen screen(64, 48);
  auto converter = FrameConverter::create(64, 48, {});
  ASSERT_TRUE((*converter)->convert(screen.frame(1, {})));
  screen.fill(255);
  ASSERT_TRUE((*converter)->convert(screen.frame(3, {{0, 0, 2, 2}})));
  EXPECT_EQ(luma(**converter, 63, 47), white);
}

TEST(FrameConverter, an_unnumbered_frame_is_converted_whole) {
  Screen screen(64, 48);
  auto converter = FrameConverter::create(64, 48, {});
  ASSERT_TRUE((*converter)->convert(screen.frame(0, {})));
  screen.fill(255);
  ASSERT_TRUE((*converter)->convert(screen.frame(0, {{0, 0, 2, 2}})));
  EXPECT_EQ(luma(**converter, 63, 47), white);
}

TEST(FrameConverter, damage_beyond_the_picture_is_cut_off) {
  Screen screen(65, 49);
  auto converter = FrameConverter::create(65, 49, {});
  ASSERT_TRUE((*converter)->convert(screen.frame(1, {})));
  screen.fill(255);
  ASSERT_TRUE(
      (*converter)
          ->convert(screen.frame(
              2, {{64, 48, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {70, 0, 4, 4}})));
  EXPECT_EQ(luma(**converter, 64, 48), white);
  EXPECT_EQ(luma(**converter, 63, 47), black);
}

TEST(FrameConverter, a_hidden_picture_is_grey_but_for_the_columns_that_are_shown_again) {
  Screen screen(65, 49);
  screen.fill(255);
  auto converter = FrameConverter::create(65, 49, {});
  ASSERT_TRUE((*converter)->convert(screen.frame(1, {})));
  (*converter)->hide();
  (*converter)->show(16);
  ASSERT_TRUE((*converter)->convert(screen.frame(2, {{0, 0, 65, 49}})));
  EXPECT_EQ(luma(**converter, 15, 48), white);
  EXPECT_EQ(luma(**converter, 16, 0), grey);
  screen.fill(0);
  (*converter)->show(32);
  ASSERT_TRUE((*converter)->convert(screen.frame(3, {{8, 0, 56, 49}})));
  EXPECT_EQ(luma(**converter, 7, 0), white) << "not damaged";
  EXPECT_EQ(luma(**converter, 8, 0), black) << "damaged";
  EXPECT_EQ(luma(**converter, 31, 48), black) << "new";
  EXPECT_EQ(luma(**converter, 32, 48), grey) << "damaged, and not to be seen";
  (*converter)->show(80);
  ASSERT_TRUE((*converter)->convert(screen.frame(4, {})));
  EXPECT_EQ(luma(**converter, 64, 48), black);
}

TEST(FrameConverter, an_odd_size_repeats_its_last_column_and_row) {
  Screen screen(33, 17);
  screen.fill(255);
  auto converter = FrameConverter::create(33, 17, {});
  ASSERT_TRUE((*converter)->convert(screen.frame(1, {})));
  EXPECT_EQ((*converter)->picture()->width, 34);
  EXPECT_EQ((*converter)->picture()->height, 18);
  EXPECT_EQ(luma(**converter, 33, 17), white);
}

TEST(FrameConverter, a_frame_that_does_not_fit_is_refused) {
  Screen screen(64, 48);
  auto converter = FrameConverter::create(64, 48, {});
  auto short_frame = screen.frame(1, {});
  short_frame.pixels = short_frame.pixels.first(short_frame.pixels.size() - 1);
  EXPECT_EQ((*converter)->convert(short_frame).error().code, ErrorCode::invalid_argument);
  auto narrow = screen.frame(1, {});
  narrow.stride = 4 * 64 - 1;
  EXPECT_EQ((*converter)->convert(narrow).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ((*converter)->convert(Screen(66, 48).frame(1, {})).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pf::host
