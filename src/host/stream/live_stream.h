// The running parts of a session while its client is connected: video, audio, input. Made anew at each reconnect, for
// each connection has keys of its own.
#pragma once

#include <atomic>
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
#include "host/stream/stream_rate.h"
#include "host/stream/video_stream.h"

namespace pf::host {

/// Opened, started and destroyed on the session thread; the calls below are short and from any thread.
class LiveStream {
 public:
  struct Request {
    VideoCodec codec = VideoCodec::h264;
    Bitrate bitrate;      // at most
    Bitrate min_bitrate;  // what a slow link may bring it down to
    AudioFormat audio;
    bool audio_wanted = true;
    std::size_t max_datagram = wire::default_datagram_size;
    bool hides = false;  // wire::Start
  };
  /// A sentence about a part that is missing; on the session thread or the input thread.
  using OnDegraded = std::function<void(const std::string&)>;
  /// For the client, on any thread.
  using OnFeedback = GamepadHub::OnFeedback;

  /// Without audio or input where those can't be had; without video there is no stream.
  static std::expected<std::unique_ptr<LiveStream>, PipelineError> open(
      const VideoStream::Shared& shared, const VirtualDisplay& display, const Request& request, const MediaLink& link,
      const SessionSettings& settings, const OnDegraded& on_degraded, const OnFeedback& on_feedback);
  void start(const VideoStream::OnFailed& on_failed) {
    video_->start(on_failed);
    started_ = true;
    follow(rate_->plan());
  }
  void switch_over(const Mode& mode);

  [[nodiscard]] VideoStream& video() { return *video_; }
  /// Within `range` the bitrate follows the link.
  void set_range(const session::StreamAdaptation::Range& range) { follow(rate_->set_range(range)); }
  void on_feedback(TimePoint now, const wire::Feedback& feedback) { follow(rate_->on_feedback(now, feedback)); }
  void on_client_stats(const wire::ClientStats& stats);
  void request_keyframe() {
    if (started_) video_->request_keyframe();
  }
  void invalidate(FrameId first, FrameId last) {
    if (started_) video_->invalidate(first, last);
  }
  [[nodiscard]] StreamRate::Plan plan() const { return rate_->plan(); }
  [[nodiscard]] bool audio_on() const { return audio_ != nullptr; }
  [[nodiscard]] bool input_on() const { return input_ != nullptr; }
  template <class Event>
  void input(const Event& event) {
    if (input_) input_->push(event);
  }

 private:
  LiveStream() = default;
  void follow(const StreamRate::Plan& plan) {
    if (started_) video_->follow(plan);
  }

  // A client may say anything at any time. A stream that has not begun follows nobody, and begins with a keyframe anyway.
  std::atomic<bool> started_ = false;
  std::shared_ptr<StreamRate> rate_;  // with the sink that meters what leaves
  std::unique_ptr<VideoStream> video_;
  std::unique_ptr<AudioPipeline> audio_;
  std::unique_ptr<InputLoop> input_;
};

}  // namespace pf::host
