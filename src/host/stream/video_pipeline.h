// One display's pictures on their way to one client: the capture thread, the encode thread, and what is between them.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/session/packet_sink.h"
#include "core/session/stage_stats.h"
#include "core/session/unit_sender.h"
#include "host/seams/platform.h"
#include "host/stream/capture_loop.h"
#include "host/stream/encode_loop.h"
#include "host/stream/paced_sink.h"
#include "host/stream/session_counters.h"
#include "host/stream/video_stream.h"

namespace pf::host {

class VideoPipeline final : public VideoStream {
 public:
  /// Opens the capturer and the encoder; nothing runs yet.
  static std::expected<std::unique_ptr<VideoStream>, PipelineError> open(const Shared& shared,
                                                                         const VirtualDisplay& display,
                                                                         const EncoderConfig& config,
                                                                         std::unique_ptr<session::UnitSender> sender,
                                                                         std::shared_ptr<session::PacketSink> sink);
  void start(const OnFailed& on_failed) override;

  /// Opens the encoder.
  Result<void> prepare(const Mode& mode, Bitrate bitrate) override;
  void switch_over(const Mode& mode) override;
  void discard_prepared() override;
  [[nodiscard]] std::uint64_t pictures_seen() const override { return capture_->seen(); }
  bool wait_for_picture(const Mode& mode, std::uint64_t after, Duration limit, const std::stop_token& stop) override;
  [[nodiscard]] const std::string& encoder_name() const override { return encoder_name_; }
  void request_keyframe() override { encode_->request_keyframe(); }
  void invalidate(FrameId first, FrameId last) override { encode_->invalidate(first, last); }
  void follow(const session::StreamAdaptation::Plan& plan) override;

 private:
  struct Opened {
    std::unique_ptr<Capturer> capturer;
    EncodeLoop::Parts encode;
  };
  VideoPipeline(const Shared& shared, const EncoderConfig& config, Opened opened, std::shared_ptr<PacedSink> paced);

  Shared shared_;
  EncoderConfig config_;
  std::string encoder_name_;
  std::shared_ptr<PacedSink> paced_;
  Opened opened_;  // until start()
  std::unique_ptr<EncodeLoop> encode_;
  std::unique_ptr<CaptureLoop> capture_;  // ends first: it feeds the other
};

}  // namespace pf::host
