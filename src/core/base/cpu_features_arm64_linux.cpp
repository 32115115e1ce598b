// User space may not ask a 64-bit Arm processor itself: the kernel tells (Linux, Documentation/arm64/elf_hwcaps.rst).
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "core/base/cpu_features.h"

namespace pf {

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = [] {
    const auto has = getauxval(AT_HWCAP);
    return CpuFeatures{.aes = (has & HWCAP_AES) != 0 && (has & HWCAP_PMULL) != 0};
  }();
  return features;
}

}  // namespace pf
