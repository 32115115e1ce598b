// Highway compiles this file once for each instruction set (foreach_target.h). Its headers alone are used: which sets
// the processor has is asked of the compiler, so that the core needs no library that a target may lack.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/fec/kernels/kernels.cpp"
#define HWY_COMPILE_ALL_ATTAINABLE
#define HWY_DISABLED_TARGETS (HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#ifndef PF_FEC_KERNELS_ONCE
#define PF_FEC_KERNELS_ONCE
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "core/fec/kernels/gf8_products.h"
#include "core/fec/kernels/kernels.h"

#define PF_INLINE static inline __attribute__((always_inline))

namespace pf::fec {
namespace {

static_assert(std::endian::native == std::endian::little, "bit matrices are read as they lie in memory");

constexpr auto y_norm_products = [] {
  std::array<gf8::Element, 256> products{};
  for (unsigned i = 0; i < 256; ++i) products[i] = gf8::multiply(gf16::y_norm, static_cast<gf8::Element>(i));
  return products;
}();

/// Stage by stage as walsh_hadamard_stage, which vector.inc has, does it.
void walsh_hadamard_by_element(std::uint16_t* values, std::uint16_t* scratch, std::size_t size) {
  const auto fold = [](std::uint32_t n) { return static_cast<std::uint16_t>((n & 0xFFFFu) + (n >> 16)); };
  for (std::size_t stage = 1; stage < size; stage *= 2) {
    for (std::size_t i = 0; i < size / 2; ++i) {
      const std::uint32_t a = values[i];
      const std::uint32_t b = values[size / 2 + i];
      scratch[2 * i] = fold(a + b);
      scratch[2 * i + 1] = fold(a + gf16::group_order - b);
    }
    std::copy_n(scratch, size, values);
  }
}

}  // namespace
}  // namespace pf::fec
#endif

HWY_BEFORE_NAMESPACE();
namespace pf::fec::HWY_NAMESPACE {
namespace {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
#include "core/fec/kernels/scalar.inc"
#else
#include "core/fec/kernels/vector.inc"

#include "core/fec/kernels/nibbles.inc"
#endif
#include "core/fec/kernels/butterflies.inc"
#include "core/fec/kernels/matrix.inc"

#include "core/fec/kernels/passes.inc"
#include "core/fec/kernels/small_blocks.inc"
#include "core/fec/kernels/transforms.inc"

#include "core/fec/kernels/table.inc"
}  // namespace
}  // namespace pf::fec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",gfni")
namespace pf::fec::HWY_NAMESPACE::gfni {
namespace {
#include "core/fec/kernels/vector.inc"

#include "core/fec/kernels/affine.inc"
#include "core/fec/kernels/butterflies.inc"
#include "core/fec/kernels/matrix.inc"

#include "core/fec/kernels/passes.inc"
#include "core/fec/kernels/small_blocks.inc"
#include "core/fec/kernels/transforms.inc"

#include "core/fec/kernels/table.inc"
}  // namespace
}  // namespace pf::fec::HWY_NAMESPACE::gfni
HWY_POP_ATTRIBUTES
#endif

#if HWY_ONCE
namespace pf::fec {
namespace {

/// The fastest first.
struct Usable {
  std::array<const Kernels*, 6> kernels{};
  std::size_t count = 0;
  void add(const Kernels& usable) { kernels[count++] = &usable; }

  Usable() {
#if HWY_ARCH_X86
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
                      __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes");
    const bool avx3 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    const bool gfni = __builtin_cpu_supports("gfni");
    if (avx3 && gfni) add(N_AVX3::gfni::kernels);
    if (avx2 && gfni) add(N_AVX2::gfni::kernels);
    if (avx3) add(N_AVX3::kernels);
    if (avx2) add(N_AVX2::kernels);
    if (__builtin_cpu_supports("ssse3")) add(N_SSSE3::kernels);
#elif HWY_ARCH_ARM_A64
    add(N_NEON::kernels);
#endif
#if HWY_TARGETS & HWY_SCALAR
    add(N_SCALAR::kernels);
#else
    add(N_EMU128::kernels);
#endif
  }
};

}  // namespace

std::span<const Kernels* const> usable_kernels() {
  static const Usable usable;
  return std::span(usable.kernels).first(usable.count);
}

}  // namespace pf::fec
#endif
