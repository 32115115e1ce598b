#include "host/stream/video_pipeline.h"

#include <utility>

namespace pf::host {
namespace {

std::unexpected<PipelineError> fail_at(PipelineError::Stage stage, Error error) {
  return std::unexpected(PipelineError{stage, std::move(error)});
}

}  // namespace

std::expected<std::unique_ptr<VideoStream>, PipelineError> VideoPipeline::open(
    const Shared& shared, const VirtualDisplay& display, const EncoderConfig& config,
    std::unique_ptr<session::UnitSender> sender, std::shared_ptr<session::PacketSink> sink) {
  auto capturer = shared.platform.open_capturer(display);
  if (!capturer) return fail_at(PipelineError::Stage::capture, std::move(capturer.error()));
  auto encoder = shared.platform.open_encoder(config);
  if (!encoder) return fail_at(PipelineError::Stage::encode, std::move(encoder.error()));

  auto paced = std::make_shared<PacedSink>(std::move(sink), config.mode, shared.clock, nullptr);
  auto& platform = shared.platform;
  Opened opened{.capturer = std::move(*capturer),
                .encode = {.encoder = std::move(*encoder),
                           .config = config,
                           .open_encoder = [&platform](const EncoderConfig& c) { return platform.open_encoder(c); },
                           .sender = std::move(sender),
                           .sink = paced}};
  return std::unique_ptr<VideoPipeline>(new VideoPipeline(shared, config, std::move(opened), std::move(paced)));
}

VideoPipeline::VideoPipeline(const Shared& shared, const EncoderConfig& config, Opened opened,
                             std::shared_ptr<PacedSink> paced)
    : shared_(shared),
      config_(config),
      encoder_name_(opened.encode.encoder->name()),
      paced_(std::move(paced)),
      opened_(std::move(opened)) {}

void VideoPipeline::start(const OnFailed& on_failed) {
  using Stage = PipelineError::Stage;
  encode_ = std::make_unique<EncodeLoop>(std::move(opened_.encode), shared_.counters, shared_.stages, shared_.clock,
                                         [on_failed](const Error& e) { on_failed({Stage::encode, e}); });
  capture_ = std::make_unique<CaptureLoop>(
      std::move(opened_.capturer), shared_.counters,
      [to = encode_.get()](CapturedFrame frame) { to->put(std::move(frame)); },
      [on_failed](const Error& e) { on_failed({Stage::capture, e}); });
}

Result<void> VideoPipeline::prepare(const Mode& mode, Bitrate bitrate) {
  auto config = config_;
  config.mode = mode;
  config.bitrate = bitrate;
  auto encoder = shared_.platform.open_encoder(config);
  if (!encoder) return std::unexpected(encoder.error());
  encoder_name_ = (*encoder)->name();
  encode_->prepare(std::move(*encoder), config);
  return {};
}

void VideoPipeline::switch_over(const Mode& mode) {
  paced_->set_mode(mode);
  encode_->switch_over(mode);
  capture_->request_refresh();
}

void VideoPipeline::follow(const session::StreamAdaptation::Plan& plan) {
  paced_->set_link(plan.link);
  encode_->set_loss(plan.loss);
  encode_->set_bitrate(plan.encoder);
}

void VideoPipeline::discard_prepared() {
  encode_->discard_prepared();
}

bool VideoPipeline::wait_for_picture(const Mode& mode, std::uint64_t after, Duration limit,
                                     const std::stop_token& stop) {
  return capture_->wait_for_picture(mode.width, mode.height, after, limit, stop);
}

}  // namespace pf::host
