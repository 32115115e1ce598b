// The running parts of a session while its client is connected: video, audio, input. Made anew at each reconnect, for
// each connection has keys of its own.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>

#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"
#include "host/seams/platform.h"
#include "host/stream/audio_pipeline.h"
#include "host/stream/input_loop.h"
#include "host/stream/session_settings.h"
#include "host/stream/video_stream.h"

namespace pf::host {

/// Opened, started and destroyed on the session thread; the calls below are short and from any thread.
class LiveStream {
 public:
  struct Request {
    VideoCodec codec = VideoCodec::h264;
    Bitrate bitrate;
    AudioFormat audio;
    bool audio_wanted = true;
    std::size_t max_datagram = wire::default_datagram_size;
  };
  /// A sentence about a part that is missing; on the session thread or the input thread.
  using OnDegraded = std::function<void(const std::string&)>;
  /// For the client, on any thread.
  using OnFeedback = GamepadHub::OnFeedback;

  /// Without audio or input where those can't be had; without video there is no stream.
  static std::expected<std::unique_ptr<LiveStream>, PipelineError> open(
      const VideoStream::Shared& shared, const VirtualDisplay& display, const Request& request, const MediaLink& link,
      const SessionSettings& settings, const OnDegraded& on_degraded, const OnFeedback& on_feedback);
  void start(const VideoStream::OnFailed& on_failed) { video_->start(on_failed); }

  [[nodiscard]] VideoStream& video() { return *video_; }
  [[nodiscard]] bool audio_on() const { return audio_ != nullptr; }
  [[nodiscard]] bool input_on() const { return input_ != nullptr; }
  template <class Event>
  void input(const Event& event) {
    if (input_) input_->push(event);
  }

 private:
  LiveStream() = default;
  std::unique_ptr<VideoStream> video_;
  std::unique_ptr<AudioPipeline> audio_;
  std::unique_ptr<InputLoop> input_;
};

}  // namespace pf::host
