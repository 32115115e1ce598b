#include "host/stream/live_stream.h"

#include <algorithm>
#include <utility>

#include "core/session/video_sender.h"
#include "host/stream/frame_pacer.h"
#include "host/stream/unit_pipeline.h"
#include "host/stream/video_pipeline.h"

namespace pf::host {
namespace {

crypto::MediaKey key_for(const MediaLink& link, wire::StreamKind stream) {
  return crypto::derive_media_key(link.secret, stream, crypto::Direction::host_to_client, link.cipher);
}

}  // namespace

std::expected<std::unique_ptr<LiveStream>, PipelineError> LiveStream::open(
    const VideoStream::Shared& shared, const VirtualDisplay& display, const Request& request, const MediaLink& link,
    const SessionSettings& settings, const OnDegraded& on_degraded, const OnFeedback& on_feedback) {
  const EncoderConfig config{.codec = request.codec,
                             .mode = display.mode(),
                             .bitrate = request.bitrate,
                             .threads = settings.encoder_threads,
                             .hides = request.hides};
  auto sender = session::VideoSender::create(
      key_for(link, wire::StreamKind::video),
      {.max_datagram = request.max_datagram, .max_unit = session::max_unit_for(config.mode), .fec = settings.fec},
      shared.clock);
  if (!sender) return std::unexpected(PipelineError{PipelineError::Stage::transport, std::move(sender.error())});
  const auto open_video = shared.platform.brings_units() ? UnitPipeline::open : VideoPipeline::open;
  auto rate = std::make_shared<StreamRate>(session::StreamAdaptation::Options{
      .range = {.floor = std::min(request.min_bitrate, request.bitrate), .ceiling = request.bitrate},
      .interval = frame_interval(display.mode()),
      .max_datagram = request.max_datagram,
      .fec = settings.fec});
  auto metered = std::make_shared<MeteredSink>(link.sink, rate, shared.clock);
  auto video = open_video(shared, display, config, std::move(*sender), std::move(metered));
  if (!video) return std::unexpected(std::move(video.error()));

  std::unique_ptr<LiveStream> live(new LiveStream);
  live->rate_ = std::move(rate);
  live->video_ = std::move(*video);
  if (request.audio_wanted && settings.audio) {
    auto audio = AudioPipeline::open(shared.platform, display, request.audio, key_for(link, wire::StreamKind::audio),
                                     link.sink, shared.counters, shared.clock);
    if (audio)
      live->audio_ = std::move(*audio);
    else
      on_degraded("there is no sound: " + audio.error().message);
  }
  if (auto injector = shared.platform.open_injector(display))
    live->input_ = std::make_unique<InputLoop>(
        std::move(*injector),
        [&platform = shared.platform, &display, on_feedback] { return platform.open_gamepads(display, on_feedback); },
        shared.counters,
        [on_degraded](const Error& e) { on_degraded("some input could not be passed on: " + e.message); });
  else
    on_degraded("keyboard and mouse do nothing: " + injector.error().message);
  return live;
}

void LiveStream::switch_over(const Mode& mode) {
  rate_->set_interval(frame_interval(mode));
  video_->switch_over(mode);
}

void LiveStream::on_client_stats(const wire::ClientStats& stats) {
  follow(rate_->on_loss(stats.packets_received, stats.packets_lost, milliseconds{stats.interval_ms}));
}

}  // namespace pf::host
