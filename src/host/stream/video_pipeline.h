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

namespace pf::host {

/// Why a stage cannot be had: which seam failed, and its sentence.
struct PipelineError {
  enum class Stage : std::uint8_t { capture, encode, transport } stage = Stage::transport;
  Error error;
};

/// Runs from start() to its end. Everything but the three short calls below is for the session thread.
class VideoPipeline {
 public:
  /// What outlives the pipeline and is shared with the rest of the session.
  struct Shared {
    Platform& platform;
    SessionCounters& counters;
    session::StageStats& stages;
    const Clock& clock;
  };
  /// On the thread that failed, which then ends. At most once for each of the two threads.
  using OnFailed = std::function<void(const PipelineError&)>;

  /// Opens the capturer and the encoder; nothing runs yet.
  static std::expected<std::unique_ptr<VideoPipeline>, PipelineError> open(const Shared& shared,
                                                                           const VirtualDisplay& display,
                                                                           const EncoderConfig& config,
                                                                           std::unique_ptr<session::UnitSender> sender,
                                                                           std::shared_ptr<session::PacketSink> sink);
  void start(const OnFailed& on_failed);

  /// Opens the encoder for a mode that the display is about to take, while the old one goes on.
  Result<void> prepare(const Mode& mode, Bitrate bitrate);
  /// The display changed, or did not after all.
  void switch_over(const Mode& mode);
  void discard_prepared();
  [[nodiscard]] std::uint64_t pictures_seen() const { return capture_->seen(); }
  /// Waits for a picture of the mode's size beyond the first `after`. False: `limit` is over, or `stop`.
  bool wait_for_picture(const Mode& mode, std::uint64_t after, Duration limit, const std::stop_token& stop);

  [[nodiscard]] const std::string& encoder_name() const { return encoder_name_; }

  // From any thread, once started.
  void request_keyframe() { encode_->request_keyframe(); }
  void set_bitrate(Bitrate bitrate) { encode_->set_bitrate(bitrate); }
  void on_loss(double share) { encode_->on_loss(share); }

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
