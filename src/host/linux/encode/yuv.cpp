#include "host/linux/encode/yuv.h"

#include <algorithm>

namespace pf::host::yuv {
namespace {

// What of a colour's luma is red and blue; the rest is green.
struct Shares {
  double red, blue;
};

constexpr Shares shares_of(ColourMatrix matrix) {
  switch (matrix) {
    case ColourMatrix::rec601: return {0.299, 0.114};
    case ColourMatrix::rec2020: return {0.2627, 0.0593};
    case ColourMatrix::rec709: break;
  }
  return {0.2126, 0.0722};
}

constexpr std::int16_t fixed(double weight) {
  return static_cast<std::int16_t>(weight * 32768 + (weight < 0 ? -0.5 : 0.5));
}

constexpr Weights rgb(double scale, double r, double g, double b) {
  return {fixed(r * scale), fixed(g * scale), fixed(b * scale)};
}

Matrix from_rgb(Colour colour) {
  const auto [red, blue] = shares_of(colour.matrix);
  const double green = 1 - red - blue;
  const double luma_scale = colour.full_range ? 1 : 219.0 / 255;
  const double chroma_scale = (colour.full_range ? 1 : 224.0 / 255) / 2;
  return {.y = rgb(luma_scale, red, green, blue),
          .u = rgb(chroma_scale, -red / (1 - blue), -green / (1 - blue), 1),
          .v = rgb(chroma_scale, 1, -green / (1 - red), -blue / (1 - red)),
          .black = static_cast<std::int16_t>(colour.full_range ? 0 : 16)};
}

constexpr Weights reversed(Weights w) {
  return {w.byte2, w.byte1, w.byte0};
}

int weigh(Weights w, int b0, int b1, int b2) {
  return w.byte0 * b0 + w.byte1 * b1 + w.byte2 * b2;
}

std::uint8_t luma(const std::uint8_t* p, const Matrix& m) {
  return static_cast<std::uint8_t>((weigh(m.y, p[0], p[1], p[2]) + (m.black << 15) + (1 << 14)) >> 15);
}

// `sum` is over four pixels, which the shift divides by. In full range the purest blue and red come to 255.5.
std::uint8_t chroma(Weights w, const int (&sum)[3]) {
  return static_cast<std::uint8_t>(std::min((weigh(w, sum[0], sum[1], sum[2]) + (128 << 17) + (1 << 16)) >> 17, 255));
}

}  // namespace

Matrix matrix_for(PixelFormat format, Colour colour) {
  const Matrix rgb = from_rgb(colour);
  if (format == PixelFormat::xbgr8888) return rgb;
  return {reversed(rgb.y), reversed(rgb.u), reversed(rgb.v), rgb.black};
}

void convert_scalar(const RowPair& rows, const Matrix& m) {
  for (std::size_t x = 0; x < rows.width; x += 2) {
    const std::size_t left = 4 * x;
    const std::size_t right = x + 1 < rows.width ? left + 4 : left;
    rows.y_top[x] = luma(rows.top + left, m);
    rows.y_top[x + 1] = luma(rows.top + right, m);
    rows.y_bottom[x] = luma(rows.bottom + left, m);
    rows.y_bottom[x + 1] = luma(rows.bottom + right, m);
    int sum[3];
    for (std::size_t i = 0; i < 3; ++i)
      sum[i] = rows.top[left + i] + rows.top[right + i] + rows.bottom[left + i] + rows.bottom[right + i];
    rows.u[x / 2] = chroma(m.u, sum);
    rows.v[x / 2] = chroma(m.v, sum);
  }
}

Kernel best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return avx2_kernel();
#endif
  return convert_scalar;
}

}  // namespace pf::host::yuv
