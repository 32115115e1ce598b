// What the processor has in hardware, asked once. Where nothing is known of it, everything is false.
#pragma once

namespace pf {

struct CpuFeatures {
  bool aes = false;  // AES and the products of GCM: AES-NI and PCLMULQDQ, or Arm's FEAT_AES and FEAT_PMULL
  bool wide_aes = false;  // the same for four blocks at once: VAES and VPCLMULQDQ with AVX-512 F, BW and VL
};

const CpuFeatures& cpu_features();

}  // namespace pf
