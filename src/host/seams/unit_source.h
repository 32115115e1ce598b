// Video and sound that come encoded already: in place of a capturer, an encoder and an audio capturer, for a program
// that embeds the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::host {

struct SourceUnit {
  std::span<const std::byte> data;  // one access unit
  std::uint64_t number = 0;         // the source's own, by which it is told of losses
  bool keyframe = false;
  bool repaired = false;         // it does without what the source was told is lost
  std::uint8_t until_shown = 0;  // units that a refresh still takes; 0: the picture is whole
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  TimePoint captured;
  Duration encode{0};
};

/// The source calls its sink, one unit at a time, on whatever thread has one; it is sent before the call returns. The
/// destructor returns when the sink is not running. The calls here are short and from any thread.
class UnitSource {
 public:
  /// Errors: closed (the stream has not begun yet; or the first unit, or the one behind a unit that could not be sent,
  /// is neither a keyframe nor repaired); invalid_argument (a refresh for a client that does not hide); those of
  /// session::UnitSender, after which a keyframe is requested.
  using Sink = std::function<Result<void>(const SourceUnit&)>;
  virtual ~UnitSource() = default;
  virtual void request_keyframe() = 0;
  /// The client lacks these of the source's units, and can do nothing with those that refer to them. The next unit does
  /// without and says so, or is a keyframe, or the first unit of a refresh where the client hides.
  virtual void lose(std::uint64_t first, std::uint64_t last) = 0;
  virtual void set_bitrate(Bitrate bitrate) = 0;
};

/// The same for sound: Opus packets of 5 ms.
class PacketSource {
 public:
  using Sink = std::function<Result<void>(std::span<const std::byte> opus, TimePoint captured)>;
  virtual ~PacketSource() = default;
};

}  // namespace pf::host
