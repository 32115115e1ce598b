#include "core/base/cpu_features.h"

namespace pf {

const CpuFeatures& cpu_features() {
  static const CpuFeatures none;
  return none;
}

}  // namespace pf
