#include "core/base/cpu_features.h"

namespace pf {

const CpuFeatures& cpu_features() {
#ifdef __ARM_FEATURE_AES  // the compiler may use them on this platform: Apple's processors all have them
  static const CpuFeatures features{.aes = true};
#else
  static const CpuFeatures features;
#endif
  return features;
}

}  // namespace pf
