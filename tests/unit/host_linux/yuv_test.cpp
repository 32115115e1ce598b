#include "host/linux/encode/yuv.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace pf::host::yuv {
namespace {

struct Rows {
  std::vector<std::uint8_t> y_top, y_bottom, u, v;
  bool operator==(const Rows&) const = default;
};

Rows convert(Kernel kernel, const std::vector<std::uint8_t>& top, const std::vector<std::uint8_t>& bottom,
             PixelFormat format, Colour colour = {}) {
  const std::size_t width = top.size() / 4, chroma = (width + 1) / 2;
  Rows out{std::vector<std::uint8_t>(2 * chroma), std::vector<std::uint8_t>(2 * chroma),
           std::vector<std::uint8_t>(chroma), std::vector<std::uint8_t>(chroma)};
  kernel({top.data(), bottom.data(), out.y_top.data(), out.y_bottom.data(), out.u.data(), out.v.data(), width},
         matrix_for(format, colour));
  return out;
}

struct Book {
  Colour colour;
  double red, blue;            // shares of luma
  double black, luma, chroma;  // levels: of black, and the spans of luma and chroma
};

// ITU-R BT.601-7, 2.5; BT.709-6, 3.2 to 3.4; BT.2020-2, tables 4 and 5. Full range: ITU-T H.273, 8.3.
const std::array books{
    Book{{ColourMatrix::rec601, false}, 0.299, 0.114, 16, 219, 224},
    Book{{ColourMatrix::rec601, true}, 0.299, 0.114, 0, 255, 255},
    Book{{ColourMatrix::rec709, false}, 0.2126, 0.0722, 16, 219, 224},
    Book{{ColourMatrix::rec709, true}, 0.2126, 0.0722, 0, 255, 255},
    Book{{ColourMatrix::rec2020, false}, 0.2627, 0.0593, 16, 219, 224},
    Book{{ColourMatrix::rec2020, true}, 0.2627, 0.0593, 0, 255, 255},
};

// In floating point.
std::array<double, 3> by_the_book(const Book& book, double r, double g, double b) {
  const double y = book.red * r + (1 - book.red - book.blue) * g + book.blue * b;
  return {book.black + book.luma * y / 255, 128 + book.chroma * (b - y) / (2 - 2 * book.blue) / 255,
          128 + book.chroma * (r - y) / (2 - 2 * book.red) / 255};
}

TEST(Yuv, every_colour_comes_within_one_level_of_the_recommendation) {
  for (const Book& book : books)
    for (int r = 0; r < 256; r += 15)
      for (int g = 0; g < 256; g += 15)
        for (int b = 0; b < 256; b += 15) {
          std::vector<std::uint8_t> row;
          for (int i = 0; i < 2; ++i)
            for (const int c : {r, g, b, 99}) row.push_back(static_cast<std::uint8_t>(c));
          const Rows out = convert(convert_scalar, row, row, PixelFormat::xbgr8888, book.colour);
          const auto expected = by_the_book(book, r, g, b);
          ASSERT_NEAR(out.y_top[0], expected[0], 0.51);
          ASSERT_NEAR(out.u[0], expected[1], 0.51);
          ASSERT_NEAR(out.v[0], expected[2], 0.51);
        }
}

TEST(Yuv, both_byte_orders_give_the_same_colours) {
  const std::vector<std::uint8_t> rgbx{10, 100, 200, 0, 30, 60, 90, 0}, bgrx{200, 100, 10, 0, 90, 60, 30, 0};
  EXPECT_EQ(convert(convert_scalar, rgbx, rgbx, PixelFormat::xbgr8888),
            convert(convert_scalar, bgrx, bgrx, PixelFormat::xrgb8888));
}

TEST(Yuv, the_avx2_kernel_gives_the_same_bytes_as_the_definition) {
  if (best_kernel() != avx2_kernel()) GTEST_SKIP() << "this processor has no AVX2";
  std::mt19937 random(7);
  std::uniform_int_distribution<int> byte(0, 255);
  for (std::size_t width = 1; width < 200; ++width) {
    std::vector<std::uint8_t> top(4 * width), bottom(4 * width);
    for (auto* row : {&top, &bottom})
      for (auto& b : *row) b = static_cast<std::uint8_t>(byte(random));
    for (const auto format : {PixelFormat::xrgb8888, PixelFormat::xbgr8888})
      for (const Book& book : books)
        ASSERT_EQ(convert(avx2_kernel(), top, bottom, format, book.colour),
                  convert(convert_scalar, top, bottom, format, book.colour))
            << width;
  }
}

TEST(Yuv, extremes_do_not_wrap_in_the_avx2_kernel) {
  if (best_kernel() != avx2_kernel()) GTEST_SKIP() << "this processor has no AVX2";
  for (int mask = 0; mask < 8; ++mask) {
    std::vector<std::uint8_t> row;
    for (int i = 0; i < 64; ++i)
      for (int c = 0; c < 4; ++c) row.push_back((mask >> c & 1) != 0 ? 255 : 0);
    for (const Book& book : books)
      ASSERT_EQ(convert(avx2_kernel(), row, row, PixelFormat::xrgb8888, book.colour),
                convert(convert_scalar, row, row, PixelFormat::xrgb8888, book.colour));
  }
}

}  // namespace
}  // namespace pf::host::yuv
