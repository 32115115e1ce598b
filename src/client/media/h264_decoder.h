// H.264 access units to pictures, one out for each one in.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "client/media/picture.h"
#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::client {

/// One thread, but for allow(). A change of size in the stream needs nothing but its keyframe.
class H264Decoder {
 public:
  /// `threads`: slices decoded side by side. `mode`: what the host was asked for; no memory is taken for larger
  /// pictures. Errors: unsupported (no H.264 in this libavcodec), internal.
  static Result<std::unique_ptr<H264Decoder>> create(unsigned threads, const Mode& mode);

  /// The host is asked for this mode as well. Any thread.
  void allow(const Mode& mode);

  /// `width` and `height` are the unit prefix's: what is to be seen; at most the coded size, which is even.
  /// Errors: malformed (the unit cannot be decoded, or is larger than what was asked for: ask the host for a keyframe).
  /// nullopt: nothing to show yet, because no keyframe has come.
  Result<std::optional<Picture>> decode(std::span<const std::byte> unit, std::uint32_t width, std::uint32_t height);

 private:
  explicit H264Decoder(av::CodecContext context) : context_(std::move(context)) {}

  av::CodecContext context_;
  std::atomic<std::int64_t> most_pixels_ = 0;  // coded
};

}  // namespace pf::client
