// Pictures to access units: colour conversion and encoding, in low-latency settings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "host/seams/capturer.h"
#include "host/seams/probe.h"

namespace pf::host {

struct EncoderConfig {
  VideoCodec codec = VideoCodec::h264;
  Mode mode;
  Bitrate bitrate;
  unsigned threads = 0;  // 0: as many as help at this size
};

struct EncodedUnit {
  std::span<const std::byte> data;  // Annex B, parameter sets in front of each IDR; valid until the next encode()
  bool keyframe = false;
  Duration convert{0};
  Duration encode{0};
};

/// No B-frames, one reference a picture, infinite GOP, VBV of about one frame, BT.709 limited range 4:2:0. One picture
/// in, one unit out. One thread. A width or height that is odd is coded one larger, its last column or row twice: 4:2:0
/// streams crop by whole chroma samples only (H.264, 7.4.2.1.1). The client shows the size that the unit prefix names.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// The frame must have the configured size. Errors: invalid_argument, internal.
  virtual Result<EncodedUnit> encode(const CapturedFrame& frame, bool force_keyframe) = 0;
  /// The client lacks this unit and all later ones; they count from 0 as encode() makes them. The next unit refers to
  /// older ones, or is a keyframe where none is left.
  virtual void forget_from(std::uint64_t unit) = 0;
  /// From the next frame on, without a keyframe.
  virtual Result<void> set_bitrate(Bitrate bitrate) = 0;
  [[nodiscard]] virtual const char* name() const = 0;
};

}  // namespace pf::host
