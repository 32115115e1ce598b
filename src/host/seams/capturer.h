// Pictures of one display, as the compositor shows them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "host/seams/probe.h"

namespace pf::host {

/// Byte order in memory, as in drm_fourcc.h's little-endian names.
enum class PixelFormat : std::uint8_t { xrgb8888, xbgr8888 };  // B G R X and R G B X in memory

struct Rect {
  std::uint32_t x = 0, y = 0, width = 0, height = 0;
  bool operator==(const Rect&) const = default;
};

/// A picture in memory. The pixels stay as they are until the frame is destroyed; frames may be destroyed on any
/// thread.
struct CapturedFrame {
  std::span<const std::byte> pixels;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t stride = 0;  // bytes
  PixelFormat format = PixelFormat::xrgb8888;
  std::vector<Rect>
      damage;  // what changed since the capturer's last frame; the whole picture on the first and after a mode change
  std::uint64_t sequence = 0;   // numbers the capturer's frames from 1, so that a reader of damage sees a gap; 0: none
  TimePoint presented;          // when the compositor showed it
  TimePoint ready;              // when the pixels were in this memory
  std::shared_ptr<void> lease;  // shared with the capturer's pool: gives the buffer back when the last holder lets go
};

/// next() on one thread; the others from any.
class Capturer {
 public:
  virtual ~Capturer() = default;
  /// Waits for a picture with damage, or for any after request_refresh(). At most 3 frames may be held at once.
  /// nullopt: `wait` is over and nothing changed. Errors: closed (the output or the compositor is gone), io.
  virtual Result<std::optional<CapturedFrame>> next(milliseconds wait) = 0;
  /// Makes next() return the picture as it stands though nothing changed.
  virtual void request_refresh() = 0;
  /// Makes a waiting next() return nullopt at once.
  virtual void interrupt() = 0;
};

}  // namespace pf::host
