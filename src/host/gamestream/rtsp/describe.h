// The SDP that DESCRIBE answers with: what this host can stream, in the words that clients search for.
#pragma once

#include <string>
#include <vector>

#include "core/base/units.h"

namespace pf::host::gamestream {

struct StreamOffer {
  std::vector<VideoCodec> codecs;
  bool ten_bit = false;            // there is an encoder for 10 bits, and so for HDR
  bool yuv444 = false;             // and for chroma of full resolution
  bool touch_and_pen = false;      // without it clients move the pointer instead
  bool controller_extras = false;  // touchpads and motion
};

[[nodiscard]] std::string describe(const StreamOffer& offer);

}  // namespace pf::host::gamestream
