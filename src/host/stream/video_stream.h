// Video on its way to one client, wherever it comes from: what a session needs of it.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "core/base/units.h"
#include "core/session/stage_stats.h"
#include "core/session/stream_adaptation.h"
#include "host/seams/platform.h"
#include "host/stream/session_counters.h"

namespace pf::host {

/// Why a stage cannot be had: which seam failed, and its sentence.
struct PipelineError {
  enum class Stage : std::uint8_t { capture, encode, transport, source } stage = Stage::transport;
  Error error;
};

/// Runs from start() to its end. Everything but the short calls below is for the session thread.
class VideoStream {
 public:
  /// What outlives the stream and is shared with the rest of the session.
  struct Shared {
    Platform& platform;
    SessionCounters& counters;
    session::StageStats& stages;
    const Clock& clock;
  };
  /// On the thread that failed, which then ends. At most once for each thread.
  using OnFailed = std::function<void(const PipelineError&)>;

  virtual ~VideoStream() = default;
  virtual void start(const OnFailed& on_failed) = 0;

  /// Makes ready for a mode that the display is about to take, while the old one goes on.
  virtual Result<void> prepare(const Mode& mode, Bitrate bitrate) = 0;
  /// The display changed, or did not after all.
  virtual void switch_over(const Mode& mode) = 0;
  virtual void discard_prepared() = 0;
  [[nodiscard]] virtual std::uint64_t pictures_seen() const = 0;
  /// Waits for a picture of the mode's size beyond the first `after`. False: `limit` is over, or `stop`.
  virtual bool wait_for_picture(const Mode& mode, std::uint64_t after, Duration limit, const std::stop_token& stop) = 0;
  [[nodiscard]] virtual const std::string& encoder_name() const = 0;

  // From any thread, once started.
  virtual void request_keyframe() = 0;
  /// The client lacks these frames: the next one does without them, or is a keyframe.
  virtual void invalidate(FrameId first, FrameId last) = 0;
  /// Bitrate, parity and pace, as the link allows from now on.
  virtual void follow(const session::StreamAdaptation::Plan& plan) = 0;
};

}  // namespace pf::host
