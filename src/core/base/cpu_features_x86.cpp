#include "core/base/cpu_features.h"

namespace pf {

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = [] {
    const bool aes = __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("pclmul") != 0;
    const bool avx512 = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                        __builtin_cpu_supports("avx512vl") != 0;
    return CpuFeatures{.aes = aes,
                       .wide_aes = aes && avx512 && __builtin_cpu_supports("vaes") != 0 &&
                                   __builtin_cpu_supports("vpclmulqdq") != 0};
  }();
  return features;
}

}  // namespace pf
