// Pictures to encode: something like a desktop, noise, and flat patches.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "client/media/image.h"
#include "host/seams/capturer.h"

namespace pf::test {

class Picture {
 public:
  Picture(std::uint32_t width, std::uint32_t height, host::PixelFormat format = host::PixelFormat::xrgb8888)
      : width_(width), height_(height), format_(format), pixels_(std::size_t{4} * width * height) {}

  /// A gradient with windows and lines of "text" on it; `shift` moves the windows.
  static Picture desktop(std::uint32_t width, std::uint32_t height, unsigned shift = 0,
                         host::PixelFormat format = host::PixelFormat::xrgb8888) {
    Picture picture(width, height, format);
    for (std::uint32_t y = 0; y < height; ++y)
      for (std::uint32_t x = 0; x < width; ++x) {
        const std::uint32_t wx = (x + shift) % 160, wy = y % 120;
        const bool window = wx > 20 && wx < 140 && wy > 15 && wy < 105;
        const bool text = window && wy % 12 < 6 && (wx / 3 * 7 + wy / 12 * 5) % 4 != 0;
        if (text)
          picture.set(x, y, 30, 30, 40);
        else if (window)
          picture.set(x, y, 230, 232, 226);
        else
          picture.set(x, y, 60 + 120 * x / width, 70 + 90 * y / height, 140);
      }
    return picture;
  }

  static Picture noise(std::uint32_t width, std::uint32_t height, unsigned seed) {
    Picture picture(width, height);
    std::mt19937 random(seed);
    for (auto& byte : picture.pixels_) byte = static_cast<std::byte>(random() >> 24);
    return picture;
  }

  /// Copies `other`, of the same format, to this place.
  void put(const Picture& other, std::uint32_t x, std::uint32_t y) {
    for (std::uint32_t row = 0; row < other.height_; ++row)
      std::copy_n(other.pixels_.begin() + std::ptrdiff_t{4} * row * other.width_, std::size_t{4} * other.width_,
                  pixels_.begin() + std::ptrdiff_t{4} * ((y + row) * std::ptrdiff_t{width_} + x));
  }

  void set(std::uint32_t x, std::uint32_t y, std::uint32_t r, std::uint32_t g, std::uint32_t b) {
    const std::size_t at = std::size_t{4} * (std::size_t{y} * width_ + x);
    const bool bgr = format_ == host::PixelFormat::xrgb8888;
    pixels_[at] = static_cast<std::byte>(bgr ? b : r);
    pixels_[at + 1] = static_cast<std::byte>(g);
    pixels_[at + 2] = static_cast<std::byte>(bgr ? r : b);
  }

  [[nodiscard]] host::CapturedFrame frame() const {
    host::CapturedFrame frame;
    frame.pixels = pixels_;
    frame.width = width_;
    frame.height = height_;
    frame.stride = 4 * width_;
    frame.format = format_;
    return frame;
  }

  [[nodiscard]] client::RgbImage rgb() const {
    client::RgbImage image{width_, height_, {}};
    const bool bgr = format_ == host::PixelFormat::xrgb8888;
    for (std::size_t at = 0; at < pixels_.size(); at += 4)
      for (const std::size_t c : {0u, 1u, 2u})
        image.pixels.push_back(std::to_integer<std::uint8_t>(pixels_[at + (bgr ? 2 - c : c)]));
    return image;
  }

 private:
  std::uint32_t width_, height_;
  host::PixelFormat format_;
  std::vector<std::byte> pixels_;
};

}  // namespace pf::test
