// Pictures as RGB: to look at, to keep, to compare.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "client/media/picture.h"
#include "core/base/error.h"

namespace pf::client {

/// R G B, 8 bits each, rows without padding.
struct RgbImage {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> pixels;
};

/// By BT.709 and limited range, chroma interpolated.
RgbImage to_rgb(const Picture& picture);

/// Errors: io (says what the system said), invalid_argument (an empty image).
Result<void> write_png(const RgbImage& image, const std::filesystem::path& file);

/// Peak signal-to-noise ratio over all three channels, dB; 100 when they are equal.
/// Errors: invalid_argument (sizes differ).
Result<double> psnr(const RgbImage& a, const RgbImage& b);

}  // namespace pf::client
