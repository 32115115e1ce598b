#include "host/stream/audio_pipeline.h"

#include <utility>

namespace pf::host {
namespace {

// Two lost packets in a row cost nothing, for three times a small bitrate.
constexpr std::size_t copies = 2;

}  // namespace

Result<std::unique_ptr<AudioPipeline>> AudioPipeline::open(Platform& platform, const VirtualDisplay& display,
                                                           const AudioFormat& format, const crypto::MediaKey& key,
                                                           std::shared_ptr<session::PacketSink> sink,
                                                           SessionCounters& counters, const Clock& clock) {
  auto sender = session::AudioSender::create(key, copies, clock);
  if (!sender) return std::unexpected(sender.error());
  std::unique_ptr<AudioPipeline> pipeline(new AudioPipeline(format, std::move(*sender), std::move(sink), counters));
  if (!platform.brings_units()) {
    if (auto captures = pipeline->capture(platform); !captures) return std::unexpected(captures.error());
    return pipeline;
  }
  auto source = platform.open_packet_source(
      display, format,
      [to = pipeline.get()](std::span<const std::byte> opus, TimePoint captured) { return to->send(opus, captured); });
  if (!source) return std::unexpected(source.error());
  pipeline->source_ = std::move(*source);
  return pipeline;
}

AudioPipeline::AudioPipeline(const AudioFormat& format, std::unique_ptr<session::AudioSender> sender,
                             std::shared_ptr<session::PacketSink> sink, SessionCounters& counters)
    : format_(format), sender_(std::move(sender)), sink_(std::move(sink)), counters_(counters) {}

Result<void> AudioPipeline::capture(Platform& platform) {
  auto encoder = AudioEncoder::create(format_);
  if (!encoder) return std::unexpected(encoder.error());
  encoder_ = std::move(*encoder);
  auto capturer = platform.open_audio(
      format_, [this](std::span<const float> samples, TimePoint captured) { encode(samples, captured); });
  if (!capturer) return std::unexpected(capturer.error());
  if ((*capturer)->format() != format_)
    return fail(ErrorCode::unsupported, "the host's sound has another number of channels than was asked for");
  capturer_ = std::move(*capturer);
  return {};
}

void AudioPipeline::encode(std::span<const float> samples, TimePoint captured) {
  // A packet that the socket does not take is a loss like any other: its copies follow.
  if (const auto packet = encoder_->encode(samples)) (void)send(*packet, captured);
}

Result<void> AudioPipeline::send(std::span<const std::byte> opus, TimePoint captured) {
  auto sent = sender_->send(opus, captured, *sink_);
  if (sent) ++counters_.audio_packets;
  return sent;
}

}  // namespace pf::host
