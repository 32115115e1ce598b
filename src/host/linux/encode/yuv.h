// RGB in memory to 4:2:0 of 8 bits, by the matrix and in the range that is asked for (ITU-R BT.601-7, BT.709-6 and
// BT.2020-2; the full range by ITU-T H.273, 8.3). libyuv's RGB to YUV functions know the BT.601 matrix alone, hence our
// own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/seams/capturer.h"
#include "host/seams/colour.h"

namespace pf::host::yuv {

/// 15-bit fixed point weights of one output sample: of the pixel's bytes 0, 1, 2.
struct Weights {
  std::int16_t byte0, byte1, byte2;
};

struct Matrix {
  Weights y, u, v;
  std::int16_t black = 0;  // luma of it
};

/// The matrix for pixels whose bytes lie in `format`'s order.
[[nodiscard]] Matrix matrix_for(PixelFormat format, Colour colour);

/// One kernel does two rows of `width` pixels of 4 bytes: two rows of Y, one of U and V, (width + 1) / 2 samples wide.
/// A chroma sample is the mean of its 2x2 pixels (chroma location "center"); the last column stands twice for an odd
/// width. `y` rows have room for an even width.
struct RowPair {
  const std::uint8_t* top;
  const std::uint8_t* bottom;  // == top for the last row of an odd height
  std::uint8_t* y_top;
  std::uint8_t* y_bottom;
  std::uint8_t* u;
  std::uint8_t* v;
  std::size_t width;
};
using Kernel = void (*)(const RowPair& rows, const Matrix& matrix);

/// The definition: every other kernel gives the same bytes.
void convert_scalar(const RowPair& rows, const Matrix& matrix);
/// nullptr where this program was not built for the processor family.
[[nodiscard]] Kernel avx2_kernel();
/// The fastest that this processor runs.
[[nodiscard]] Kernel best_kernel();

}  // namespace pf::host::yuv
