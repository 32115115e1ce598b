// Units that come encoded already, on their way to one client: no thread, no queue but the pacer's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/session/unit_sender.h"
#include "host/stream/paced_sink.h"
#include "host/stream/unit_losses.h"
#include "host/stream/video_stream.h"

namespace pf::host {

class UnitPipeline final : public VideoStream {
 public:
  /// Opens the platform's source of units; what it brings before start() is refused.
  static std::expected<std::unique_ptr<VideoStream>, PipelineError> open(const Shared& shared,
                                                                         const VirtualDisplay& display,
                                                                         const EncoderConfig& config,
                                                                         std::unique_ptr<session::UnitSender> sender,
                                                                         std::shared_ptr<session::PacketSink> sink);
  ~UnitPipeline() override;
  UnitPipeline(const UnitPipeline&) = delete;
  UnitPipeline& operator=(const UnitPipeline&) = delete;

  void start(const OnFailed& on_failed) override;
  Result<void> prepare(const Mode& mode, Bitrate bitrate) override;
  void switch_over(const Mode& mode) override;
  void discard_prepared() override;
  [[nodiscard]] std::uint64_t pictures_seen() const override;
  bool wait_for_picture(const Mode& mode, std::uint64_t after, Duration limit, const std::stop_token& stop) override;
  [[nodiscard]] const std::string& encoder_name() const override { return name_; }
  void request_keyframe() override { source_->request_keyframe(); }
  void invalidate(FrameId first, FrameId last) override;
  void follow(const session::StreamAdaptation::Plan& plan) override;

 private:
  UnitPipeline(const Shared& shared, const EncoderConfig& config, std::unique_ptr<session::UnitSender> sender,
               std::shared_ptr<PacedSink> paced);
  Result<void> send(const SourceUnit& unit);
  void note_sent(const SourceUnit& unit, const session::SentUnit& sent, bool repaired);
  void note_not_sent();

  const Shared shared_;
  const VideoCodec codec_;
  const bool hides_;
  const std::string name_ = "embedder";
  const std::shared_ptr<PacedSink> paced_;
  const std::unique_ptr<session::UnitSender> sender_;  // the source's thread alone

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool started_ = false;
  bool ending_ = false;
  bool follows_on_ = false;                 // a unit may refer to the one before it: that has been sent
  std::optional<session::LossModel> loss_;  // since the last unit
  UnitLosses losses_;
  Mode mode_;
  std::optional<Mode> next_mode_;  // which the source may be in already
  Bitrate bitrate_;                // that the source has been told
  std::uint64_t seen_ = 0;         // units that have been sent
  std::uint32_t width_ = 0;        // of the last one
  std::uint32_t height_ = 0;

  std::unique_ptr<UnitSource> source_;  // ends first: it calls into all of the above
};

}  // namespace pf::host
