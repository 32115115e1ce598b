#include "host/linux/encode/bt709.h"

namespace pf::host::bt709 {
namespace {

constexpr double kr = 0.2126, kb = 0.0722, kg = 1 - kr - kb;
constexpr double luma_scale = 219.0 / 255, chroma_scale = 224.0 / 255;

constexpr std::int16_t fixed(double weight) {
  return static_cast<std::int16_t>(weight * 32768 + (weight < 0 ? -0.5 : 0.5));
}

constexpr Weights rgb(double r, double g, double b) {
  return {fixed(r), fixed(g), fixed(b)};
}

constexpr Matrix from_rgb{
    .y = rgb(kr * luma_scale, kg* luma_scale, kb* luma_scale),
    .u = rgb(-kr / (1 - kb) / 2 * chroma_scale, -kg / (1 - kb) / 2 * chroma_scale, 0.5 * chroma_scale),
    .v = rgb(0.5 * chroma_scale, -kg / (1 - kr) / 2 * chroma_scale, -kb / (1 - kr) / 2 * chroma_scale),
};

constexpr Weights reversed(Weights w) {
  return {w.byte2, w.byte1, w.byte0};
}

int weigh(Weights w, int b0, int b1, int b2) {
  return w.byte0 * b0 + w.byte1 * b1 + w.byte2 * b2;
}

std::uint8_t luma(const std::uint8_t* p, const Matrix& m) {
  return static_cast<std::uint8_t>((weigh(m.y, p[0], p[1], p[2]) + (16 << 15) + (1 << 14)) >> 15);
}

// `sum` is over four pixels, which the shift divides by.
std::uint8_t chroma(Weights w, const int (&sum)[3]) {
  return static_cast<std::uint8_t>((weigh(w, sum[0], sum[1], sum[2]) + (128 << 17) + (1 << 16)) >> 17);
}

}  // namespace

Matrix matrix_for(PixelFormat format) {
  if (format == PixelFormat::xbgr8888) return from_rgb;
  return {reversed(from_rgb.y), reversed(from_rgb.u), reversed(from_rgb.v)};
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

}  // namespace pf::host::bt709
