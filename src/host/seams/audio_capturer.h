// What the session plays, as PCM.
#pragma once

#include <functional>
#include <span>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "host/seams/probe.h"

namespace pf::host {

/// The constructor's factory starts it, the destructor stops it and returns when the callback is not running.
class AudioCapturer {
 public:
  /// Interleaved, AudioFormat's channel order, exactly audio_packet_samples per channel; `captured` is when the first
  /// sample was played. On the audio thread: must not block or allocate for long.
  using Sink = std::function<void(std::span<const float> samples, TimePoint captured)>;
  virtual ~AudioCapturer() = default;
  [[nodiscard]] virtual AudioFormat format() const = 0;
};

}  // namespace pf::host
