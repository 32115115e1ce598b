#include "core/base/cpu_features.h"

namespace pf {

const CpuFeatures& cpu_features() {
  static const CpuFeatures features{.aes = __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("pclmul") != 0};
  return features;
}

}  // namespace pf
