#include "host/stream/audio_pipeline.h"

#include <utility>

namespace pf::host {
namespace {

// Two lost packets in a row cost nothing, for three times a small bitrate.
constexpr std::size_t copies = 2;

}  // namespace

Result<std::unique_ptr<AudioPipeline>> AudioPipeline::open(Platform& platform, const AudioFormat& format,
                                                           const crypto::MediaKey& key,
                                                           std::shared_ptr<session::PacketSink> sink,
                                                           SessionCounters& counters, const Clock& clock) {
  auto encoder = AudioEncoder::create(format);
  if (!encoder) return std::unexpected(encoder.error());
  auto sender = session::AudioSender::create(key, copies, clock);
  if (!sender) return std::unexpected(sender.error());
  std::unique_ptr<AudioPipeline> pipeline(
      new AudioPipeline(format, std::move(*encoder), std::move(*sender), std::move(sink), counters));
  auto capturer = platform.open_audio(
      format,
      [to = pipeline.get()](std::span<const float> samples, TimePoint captured) { to->send(samples, captured); });
  if (!capturer) return std::unexpected(capturer.error());
  if ((*capturer)->format() != format)
    return fail(ErrorCode::unsupported, "the host's sound has another number of channels than was asked for");
  pipeline->capturer_ = std::move(*capturer);
  return pipeline;
}

AudioPipeline::AudioPipeline(const AudioFormat& format, std::unique_ptr<AudioEncoder> encoder,
                             std::unique_ptr<session::AudioSender> sender, std::shared_ptr<session::PacketSink> sink,
                             SessionCounters& counters)
    : format_(format),
      encoder_(std::move(encoder)),
      sender_(std::move(sender)),
      sink_(std::move(sink)),
      counters_(counters) {}

void AudioPipeline::send(std::span<const float> samples, TimePoint captured) {
  const auto packet = encoder_->encode(samples);
  if (!packet) return;
  // A packet that the socket does not take is a loss like any other: its copies follow.
  if (sender_->send(*packet, captured, *sink_)) ++counters_.audio_packets;
}

}  // namespace pf::host
