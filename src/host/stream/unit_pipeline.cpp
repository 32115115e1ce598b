#include "host/stream/unit_pipeline.h"

#include <algorithm>
#include <utility>

#include "core/session/unit_limit.h"

namespace pf::host {
std::expected<std::unique_ptr<VideoStream>, PipelineError> UnitPipeline::open(
    const Shared& shared, const VirtualDisplay& display, const EncoderConfig& config,
    std::unique_ptr<session::UnitSender> sender, std::shared_ptr<session::PacketSink> sink) {
  auto paced = std::make_shared<PacedSink>(std::move(sink), config.mode, shared.clock, nullptr);
  std::unique_ptr<UnitPipeline> pipeline(new UnitPipeline(shared, config, std::move(sender), std::move(paced)));
  auto source = shared.platform.open_unit_source(
      display, config, [to = pipeline.get()](const SourceUnit& unit) { return to->send(unit); });
  if (!source) return std::unexpected(PipelineError{PipelineError::Stage::source, std::move(source.error())});
  pipeline->source_ = std::move(*source);
  return pipeline;
}

UnitPipeline::UnitPipeline(const Shared& shared, const EncoderConfig& config,
                           std::unique_ptr<session::UnitSender> sender, std::shared_ptr<PacedSink> paced)
    : shared_(shared),
      codec_(config.codec),
      hides_(config.hides),
      paced_(std::move(paced)),
      sender_(std::move(sender)),
      mode_(config.mode) {}

// A unit may be on its way: the source lets it end, and is not called by it any more.
UnitPipeline::~UnitPipeline() {
  const std::scoped_lock lock(mutex_);
  ending_ = true;
}

void UnitPipeline::start(const OnFailed&) {
  {
    const std::scoped_lock lock(mutex_);
    started_ = true;
  }
  source_->request_keyframe();
}

Result<void> UnitPipeline::prepare(const Mode& mode, Bitrate bitrate) {
  {
    const std::scoped_lock lock(mutex_);
    bitrate_ = bitrate;
    next_mode_ = mode;
  }
  source_->set_bitrate(bitrate);
  return {};
}

void UnitPipeline::switch_over(const Mode& mode) {
  paced_->set_mode(mode);
  {
    const std::scoped_lock lock(mutex_);
    mode_ = mode;
    next_mode_.reset();
  }
  source_->request_keyframe();
}

void UnitPipeline::discard_prepared() {
  const std::scoped_lock lock(mutex_);
  next_mode_.reset();
}

std::uint64_t UnitPipeline::pictures_seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

bool UnitPipeline::wait_for_picture(const Mode& mode, std::uint64_t after, Duration limit,
                                    const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, stop, limit,
                           [&] { return seen_ > after && width_ == mode.width && height_ == mode.height; });
}

void UnitPipeline::follow(const session::StreamAdaptation::Plan& plan) {
  paced_->set_link(plan.link);
  {
    const std::scoped_lock lock(mutex_);
    loss_ = plan.loss;
    if (std::exchange(bitrate_, plan.encoder) == plan.encoder) return;
  }
  source_->set_bitrate(plan.encoder);
}

void UnitPipeline::invalidate(FrameId first, FrameId last) {
  std::optional<UnitLosses::Loss> loss;
  {
    const std::scoped_lock lock(mutex_);
    loss = losses_.lose(first, last);
  }
  if (!loss) return;
  if (loss->known)
    source_->lose(loss->first, loss->last);
  else
    source_->request_keyframe();
}

Result<void> UnitPipeline::send(const SourceUnit& unit) {
  std::optional<session::LossModel> loss;
  bool repaired = false;
  std::size_t max_unit = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (!started_) return fail(ErrorCode::closed, "the stream has not begun yet");
    repaired = unit.repaired && !unit.keyframe && losses_.awaits_repair();
    if (!unit.keyframe && !repaired && !follows_on_)
      return fail(ErrorCode::closed, "a stream begins with a keyframe, and so it does after a unit that was not sent");
    if (unit.until_shown > 0 && !hides_)
      return fail(ErrorCode::invalid_argument, "the client shows every unit, so none may wait for others");
    loss = std::exchange(loss_, std::nullopt);
    max_unit = std::max(session::max_unit_for(mode_), session::max_unit_for(next_mode_.value_or(mode_)));
  }
  if (loss) sender_->set_loss(*loss);  // holds for later units as well, so it is not lost with this one
  sender_->set_max_unit(max_unit);
  const auto encode = std::chrono::duration_cast<microseconds>(unit.encode);
  const auto sent = sender_->send({.data = unit.data,
                                   .codec = codec_,
                                   .keyframe = unit.keyframe,
                                   .repaired = repaired,
                                   .until_shown = unit.until_shown,
                                   .width = unit.width,
                                   .height = unit.height,
                                   .captured = unit.captured,
                                   .times = {.encode = encode}},
                                  *paced_);
  if (!sent) {
    note_not_sent();
    return std::unexpected(sent.error());
  }
  note_sent(unit, *sent, repaired);
  return {};
}

void UnitPipeline::note_sent(const SourceUnit& unit, const session::SentUnit& sent, bool repaired) {
  {
    const std::scoped_lock lock(mutex_);
    losses_.sent(sent.frame, unit.number, unit.keyframe, repaired);
    follows_on_ = true;
    ++seen_;
    width_ = unit.width;
    height_ = unit.height;
    changed_.notify_all();
  }
  auto& counters = shared_.counters;
  ++counters.frames_encoded;
  if (unit.keyframe) ++counters.keyframes;
  if (repaired) ++counters.repairs;
  counters.packets_sent += sent.packets;
  counters.bytes_sent += sent.bytes;
  shared_.stages.record(session::Stage::encode, unit.encode);
  shared_.stages.record(session::Stage::packetise, sent.packetise);
  shared_.stages.record(session::Stage::transmit, sent.transmit);
}

// The source may refer to it, and the client never will have it.
void UnitPipeline::note_not_sent() {
  ++shared_.counters.send_failures;
  const std::scoped_lock lock(mutex_);
  follows_on_ = false;
  if (!ending_) source_->request_keyframe();
}

}  // namespace pf::host
