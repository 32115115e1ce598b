#include "client/media/image.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstdlib>
#include <filesystem>

namespace pf::client {
namespace {

Picture flat(int width, int height, std::uint8_t y, std::uint8_t u, std::uint8_t v) {
  av::Frame frame{av_frame_alloc()};
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = width;
  frame->height = height;
  EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
  const std::uint8_t value[] = {y, u, v};
  for (int plane = 0; plane < 3; ++plane) {
    const int rows = plane == 0 ? height : (height + 1) / 2;
    for (int row = 0; row < rows; ++row)
      for (int x = 0; x < (plane == 0 ? width : (width + 1) / 2); ++x)
        frame->data[plane][row * frame->linesize[plane] + x] = value[plane];
  }
  return {std::move(frame), static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
}

std::vector<std::uint8_t> first_pixel(const RgbImage& image) {
  return {image.pixels.begin(), image.pixels.begin() + 3};
}

TEST(Image, the_ends_of_the_range_are_black_and_white) {
  EXPECT_EQ(first_pixel(to_rgb(flat(8, 8, 16, 128, 128))), (std::vector<std::uint8_t>{0, 0, 0}));
  EXPECT_EQ(first_pixel(to_rgb(flat(8, 8, 235, 128, 128))), (std::vector<std::uint8_t>{255, 255, 255}));
  EXPECT_EQ(first_pixel(to_rgb(flat(8, 8, 255, 128, 128))), (std::vector<std::uint8_t>{255, 255, 255}));
}

// BT.709's codes of the primaries: Y 63, 173, 32 and their colour differences.
TEST(Image, primaries_are_primaries) {
  const auto near = [](const RgbImage& image, int r, int g, int b) {
    const auto pixel = first_pixel(image);
    EXPECT_NEAR(pixel[0], r, 1);
    EXPECT_NEAR(pixel[1], g, 1);
    EXPECT_NEAR(pixel[2], b, 1);
  };
  near(to_rgb(flat(8, 8, 63, 102, 240)), 255, 1, 0);
  near(to_rgb(flat(8, 8, 173, 42, 26)), 0, 255, 1);
  near(to_rgb(flat(8, 8, 32, 240, 118)), 1, 0, 255);
}

TEST(Image, odd_sizes_have_every_pixel) {
  const RgbImage image = to_rgb(flat(5, 3, 235, 128, 128));
  EXPECT_EQ(image.pixels, std::vector<std::uint8_t>(std::size_t{5} * 3 * 3, 255));
}

TEST(Image, a_png_holds_the_same_pixels) {
  std::string folder = (std::filesystem::temp_directory_path() / "punktfunk-image-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::filesystem::path file = std::filesystem::path(folder) / "picture.png";
  RgbImage image{7, 5, {}};
  for (std::uint8_t i = 0; i < 7 * 5 * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 2));
  ASSERT_TRUE(write_png(image, file));

  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_file(&png, file.c_str()), 0);
  png.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(png));
  ASSERT_NE(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr), 0);
  EXPECT_EQ(png.width, 7u);
  EXPECT_EQ(pixels, image.pixels);
  std::filesystem::remove_all(folder);
}

TEST(Image, a_png_that_cannot_be_written_says_why) {
  const auto written = write_png({1, 1, {1, 2, 3}}, "/nonexistent/picture.png");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_NE(written.error().message.find("/nonexistent/picture.png"), std::string::npos);
}

TEST(Image, psnr_of_one_level_everywhere_is_48_dB) {
  const RgbImage a{2, 1, {10, 10, 10, 10, 10, 10}}, b{2, 1, {11, 11, 11, 9, 9, 9}};
  EXPECT_NEAR(*psnr(a, b), 48.13, 0.01);
  EXPECT_EQ(*psnr(a, a), 100);
  EXPECT_EQ(psnr(a, {1, 2, {10, 10, 10, 10, 10, 10}}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace pf::client
