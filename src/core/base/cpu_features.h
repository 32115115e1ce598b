// What the processor has in hardware, asked once. Where nothing is known of it, everything is false.
#pragma once

namespace pf {

struct CpuFeatures {
  bool aes = false;  // AES and the products of GCM: AES-NI and PCLMULQDQ, or Arm's FEAT_AES and FEAT_PMULL
};

const CpuFeatures& cpu_features();

}  // namespace pf
