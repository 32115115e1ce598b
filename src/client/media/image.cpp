#include "client/media/image.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace pf::client {
namespace {

constexpr double equal_images_db = 100;

// ITU-R BT.709-6, section 3, in 16-bit fixed point, from limited range to 0 to 255.
constexpr double kr = 0.2126, kb = 0.0722, kg = 1 - kr - kb;
constexpr int fixed(double weight) {
  return static_cast<int>(weight * 131072 + 1) / 2;  // rounded; std::lround is not constexpr
}
constexpr int luma_weight = fixed(255.0 / 219);
constexpr int red_of_v = fixed(2 * (1 - kr) * 255 / 224);
constexpr int blue_of_u = fixed(2 * (1 - kb) * 255 / 224);
constexpr int green_of_u = fixed(2 * (1 - kb) * kb / kg * 255 / 224);
constexpr int green_of_v = fixed(2 * (1 - kr) * kr / kg * 255 / 224);

std::uint8_t level(int fixed_value) {
  return static_cast<std::uint8_t>(std::clamp((fixed_value + (1 << 15)) >> 16, 0, 255));
}

// A pixel's chroma: 9/16 of its own block's and the rest of the three blocks that are nearest. Offset removed, 16-fold.
class Chroma {
 public:
  Chroma(const std::uint8_t* plane, int stride, std::uint32_t width, std::uint32_t height)
      : plane_(plane), stride_(stride), last_x_((width - 1) / 2), last_y_((height - 1) / 2) {}

  [[nodiscard]] int at(std::uint32_t x, std::uint32_t y) const {
    const std::uint32_t own_x = x / 2, own_y = y / 2;
    const std::uint32_t next_x = neighbour(x, last_x_), next_y = neighbour(y, last_y_);
    return 9 * sample(own_x, own_y) + 3 * sample(next_x, own_y) + 3 * sample(own_x, next_y) + sample(next_x, next_y) -
           16 * 128;
  }

 private:
  static std::uint32_t neighbour(std::uint32_t at, std::uint32_t last) {
    if (at % 2 == 1) return std::min(at / 2 + 1, last);
    return at == 0 ? 0 : at / 2 - 1;
  }
  [[nodiscard]] int sample(std::uint32_t x, std::uint32_t y) const {
    return plane_[static_cast<std::ptrdiff_t>(y) * stride_ + x];
  }

  const std::uint8_t* plane_;
  int stride_;
  std::uint32_t last_x_, last_y_;
};

}  // namespace

// Not by libyuv: its BT.709 matrix clips the weight of U in blue to 2.0 where it is 2.11.
RgbImage to_rgb(const Picture& picture) {
  RgbImage image{picture.width(), picture.height(), {}};
  image.pixels.resize(std::size_t{3} * image.width * image.height);
  const Chroma u_plane(picture.u(), picture.u_stride(), image.width, image.height);
  const Chroma v_plane(picture.v(), picture.v_stride(), image.width, image.height);
  std::uint8_t* out = image.pixels.data();
  for (std::uint32_t y = 0; y < image.height; ++y) {
    const std::uint8_t* luma = picture.y() + static_cast<std::ptrdiff_t>(y) * picture.y_stride();
    for (std::uint32_t x = 0; x < image.width; ++x) {
      const int grey = (luma[x] - 16) * luma_weight;
      const int u = u_plane.at(x, y), v = v_plane.at(x, y);
      *out++ = level(grey + red_of_v * v / 16);
      *out++ = level(grey - (green_of_u * u + green_of_v * v) / 16);
      *out++ = level(grey + blue_of_u * u / 16);
    }
  }
  return image;
}

Result<void> write_png(const RgbImage& image, const std::filesystem::path& file) {
  if (image.width == 0 || image.height == 0) return fail(ErrorCode::invalid_argument, "an empty picture has no PNG");
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = image.width;
  png.height = image.height;
  png.format = PNG_FORMAT_RGB;
  png.flags = PNG_IMAGE_FLAG_FAST;
  const bool written = png_image_write_to_file(&png, file.c_str(), 0, image.pixels.data(), 0, nullptr) != 0;
  if (!written) return fail(ErrorCode::io, "cannot write " + file.string() + ": " + png.message);
  return {};
}

Result<double> psnr(const RgbImage& a, const RgbImage& b) {
  if (a.width != b.width || a.height != b.height || a.pixels.empty())
    return fail(ErrorCode::invalid_argument, "pictures of different size cannot be compared");
  double squares = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    const int difference = a.pixels[i] - b.pixels[i];
    squares += difference * difference;
  }
  if (squares == 0) return equal_images_db;
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.pixels.size()) / squares);
}

}  // namespace pf::client
