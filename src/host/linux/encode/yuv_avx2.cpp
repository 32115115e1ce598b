#include "host/linux/encode/yuv.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Wide registers do not survive calls cheaply: everything becomes one loop.
#define PF_AVX2_PART [[gnu::target("avx2"), gnu::always_inline]] inline
#endif

namespace pf::host::yuv {

#if defined(__x86_64__)
namespace {

constexpr std::size_t step = 32;  // pixels a turn

// A pixel is seen as two pairs of 16-bit numbers, (byte 0, byte 2) and (byte 1, nothing), each weighed by one pmaddwd.
struct Lanes {
  __m256i outer, inner;
};

PF_AVX2_PART Lanes lanes(Weights w) {
  const auto both =
      static_cast<std::uint16_t>(w.byte0) | (static_cast<std::uint32_t>(static_cast<std::uint16_t>(w.byte2)) << 16);
  return {_mm256_set1_epi32(static_cast<int>(both)), _mm256_set1_epi32(static_cast<std::uint16_t>(w.byte1))};
}

PF_AVX2_PART Lanes split(__m256i pixels) {
  const __m256i mask = _mm256_set1_epi32(0x00ff00ff);
  const __m256i low = _mm256_set1_epi32(0x000000ff);
  return {_mm256_and_si256(pixels, mask), _mm256_and_si256(_mm256_srli_epi32(pixels, 8), low)};
}

PF_AVX2_PART __m256i weigh(Lanes pixels, Lanes weights, __m256i bias) {
  return _mm256_add_epi32(bias, _mm256_add_epi32(_mm256_madd_epi16(pixels.outer, weights.outer),
                                                 _mm256_madd_epi16(pixels.inner, weights.inner)));
}

PF_AVX2_PART __m256i load(const std::uint8_t* pixels) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pixels));
}

// A sample's weights, and what is added to it before it is cut off.
struct Plane {
  Lanes weights;
  __m256i bias;
};

PF_AVX2_PART __m256i luma_of_8(const std::uint8_t* pixels, const Plane& y) {
  return _mm256_srli_epi32(weigh(split(load(pixels)), y.weights, y.bias), 15);
}

PF_AVX2_PART void luma(const std::uint8_t* pixels, std::uint8_t* out, const Plane& y) {
  const __m256i first = _mm256_packus_epi32(luma_of_8(pixels, y), luma_of_8(pixels + 32, y));
  const __m256i second = _mm256_packus_epi32(luma_of_8(pixels + 64, y), luma_of_8(pixels + 96, y));
  const __m256i packed = _mm256_packus_epi16(first, second);
  // The packs work within 128-bit halves: bring the eight groups of four back into order.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_permutevar8x32_epi32(packed, order));
}

// Sums of each 2x2 block, of 16 pixels: eight blocks in order.
PF_AVX2_PART __m256i block_sums(__m256i first, __m256i second) {
  first = _mm256_add_epi16(first, _mm256_srli_epi64(first, 32));
  second = _mm256_add_epi16(second, _mm256_srli_epi64(second, 32));
  const __m256 even = _mm256_shuffle_ps(_mm256_castsi256_ps(first), _mm256_castsi256_ps(second), 0x88);
  return _mm256_permute4x64_epi64(_mm256_castps_si256(even), 0xd8);
}

// Sums of 8 pixels with those below them.
PF_AVX2_PART Lanes columns(const std::uint8_t* top, const std::uint8_t* bottom) {
  const Lanes upper = split(load(top)), lower = split(load(bottom));
  return {_mm256_add_epi16(upper.outer, lower.outer), _mm256_add_epi16(upper.inner, lower.inner)};
}

PF_AVX2_PART Lanes blocks(const std::uint8_t* top, const std::uint8_t* bottom) {
  const Lanes first = columns(top, bottom), second = columns(top + 32, bottom + 32);
  return {block_sums(first.outer, second.outer), block_sums(first.inner, second.inner)};
}

// 16 samples of 16 bits.
PF_AVX2_PART __m256i chroma_words(Lanes left, Lanes right, Lanes weights) {
  const __m256i bias = _mm256_set1_epi32((128 << 17) + (1 << 16));
  const __m256i packed = _mm256_packus_epi32(_mm256_srli_epi32(weigh(left, weights, bias), 17),
                                             _mm256_srli_epi32(weigh(right, weights, bias), 17));
  return _mm256_permute4x64_epi64(packed, 0xd8);
}

PF_AVX2_PART void chroma(const RowPair& rows, std::size_t x, Lanes u, Lanes v) {
  const Lanes left = blocks(rows.top + 4 * x, rows.bottom + 4 * x);
  const Lanes right = blocks(rows.top + 4 * x + 64, rows.bottom + 4 * x + 64);
  const __m256i packed = _mm256_packus_epi16(chroma_words(left, right, u), chroma_words(left, right, v));
  const __m256i both = _mm256_permute4x64_epi64(packed, 0xd8);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(rows.u + x / 2), _mm256_castsi256_si128(both));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(rows.v + x / 2), _mm256_extracti128_si256(both, 1));
}

[[gnu::target("avx2")]] void convert_avx2(const RowPair& rows, const Matrix& matrix) {
  const Plane y{lanes(matrix.y), _mm256_set1_epi32((matrix.black << 15) + (1 << 14))};
  const Lanes u = lanes(matrix.u), v = lanes(matrix.v);
  std::size_t x = 0;
  for (; x + step <= rows.width; x += step) {
    luma(rows.top + 4 * x, rows.y_top + x, y);
    luma(rows.bottom + 4 * x, rows.y_bottom + x, y);
    chroma(rows, x, u, v);
  }
  if (x == rows.width) return;
  convert_scalar({rows.top + 4 * x, rows.bottom + 4 * x, rows.y_top + x, rows.y_bottom + x, rows.u + x / 2,
                  rows.v + x / 2, rows.width - x},
                 matrix);
}

}  // namespace

Kernel avx2_kernel() {
  return convert_avx2;
}
#else
Kernel avx2_kernel() {
  return nullptr;
}
#endif

}  // namespace pf::host::yuv
