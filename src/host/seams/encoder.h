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
#include "host/seams/colour.h"
#include "host/seams/probe.h"

namespace pf::host {

struct EncoderConfig {
  VideoCodec codec = VideoCodec::h264;
  Mode mode;
  Bitrate bitrate;
  unsigned threads = 0;  // 0: as many as help at this size
  bool hides = false;    // the client shows nothing until a refresh is through
  Colour colour{};
  unsigned max_references = 0;  // pictures that the client can keep; 0: as many as its codec allows
};

/// How a picture's unit stands to those before it.
enum class Entry : std::uint8_t {
  follow,    // it may refer to any that has not been forgotten
  keyframe,  // to none
  refresh,   // the same, but spread over several units that are each no larger than usual; a keyframe without `hides`
};

struct EncodedUnit {
  std::span<const std::byte> data;  // Annex B, parameter sets in front of each IDR; valid until the next encode()
  bool keyframe = false;
  std::uint8_t until_shown = 0;  // units that a refresh still takes; 0: the picture is whole
  Duration convert{0};
  Duration encode{0};
};

/// No B-frames, one reference a picture, infinite GOP, VBV of about one frame, 4:2:0, which the stream describes. One
/// picture in, one unit out. One thread. A width or height that is odd is coded one larger, its last column or row
/// twice: 4:2:0 streams crop by whole chroma samples only (H.264, 7.4.2.1.1). The client shows the size that the unit
/// prefix names.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// The frame must have the configured size. Errors: invalid_argument, internal.
  virtual Result<EncodedUnit> encode(const CapturedFrame& frame, Entry entry) = 0;
  /// The client lacks this unit and all later ones; they count from 0 as encode() makes them. True: the next unit can
  /// refer to older ones. False: none is left, so that one that should follow becomes a keyframe.
  virtual bool forget_from(std::uint64_t unit) = 0;
  /// From the next frame on, without a keyframe.
  virtual Result<void> set_bitrate(Bitrate bitrate) = 0;
  [[nodiscard]] virtual const char* name() const = 0;
};

}  // namespace pf::host
