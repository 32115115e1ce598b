// What a client announces about the stream that it wants: the attributes of ANNOUNCE's SDP that change what a host
// does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/units.h"
#include "host/seams/colour.h"

namespace pf::host::gamestream {

struct VideoRequest {
  Mode mode;
  VideoCodec codec = VideoCodec::h264;
  bool ten_bit = false;  // and then HDR
  bool yuv444 = false;
  Colour colour;
  Bitrate bitrate;              // of the encoder, parity not counted
  std::size_t packet_size = 0;  // NV header and payload
  unsigned slices = 1;
  unsigned max_references = 0;  // 0: as many as the host likes
  std::size_t min_parity = 0;   // packets, for each FEC block
  unsigned parity_percent = 20;
  bool encrypted = false;
  bool marked = false;  // its packets, for routers
};

struct AudioRequest {
  AudioFormat format;
  bool high_quality = false;
  unsigned packet_ms = 5;  // 5 or 10
  bool encrypted = false;
  bool marked = false;
};

struct StreamRequest {
  VideoRequest video;
  AudioRequest audio;
  bool control_v2 = false;   // 12-byte IVs on the control stream
  bool session_ids = false;  // the client sends what SETUP gave it: ping payload and connect data
};

/// Unknown attributes are skipped, absent ones have the default that clients before their introduction count on.
/// Errors: malformed (no number where one has to be), invalid_argument (a mode, packet size or channel count that
/// can't be streamed).
Result<StreamRequest> parse_announce(std::string_view sdp);

}  // namespace pf::host::gamestream
