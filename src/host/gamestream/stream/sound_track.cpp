#include "host/gamestream/stream/sound_track.h"

#include <utility>

namespace pf::host::gamestream {

Result<std::unique_ptr<SoundTrack>> SoundTrack::open(Platform& platform, const AudioRequest& request,
                                                     const SoundPacketiser::Seal& seal,
                                                     std::shared_ptr<session::PacketSink> sink,
                                                     SessionCounters& counters) {
  auto encoder = SoundEncoder::create(request);
  if (!encoder) return std::unexpected(encoder.error());
  auto packetiser = SoundPacketiser::create(seal, request.packet_ms);
  if (!packetiser) return std::unexpected(packetiser.error());
  std::unique_ptr<SoundTrack> track(
      new SoundTrack(std::move(*encoder), std::move(*packetiser), std::move(sink), counters));
  auto capturer = platform.open_audio(
      request.format,
      [to = track.get()](std::span<const float> samples, TimePoint /*captured*/) { to->send(samples); });
  if (!capturer) return std::unexpected(capturer.error());
  if ((*capturer)->format() != request.format)
    return fail(ErrorCode::unsupported, "the host's sound has another number of channels than was asked for");
  track->capturer_ = std::move(*capturer);
  return track;
}

void SoundTrack::send(std::span<const float> samples) {
  const auto packet = encoder_->encode(samples);
  if (!packet || packet->empty()) return;
  // A packet that the socket does not take is a loss like any other: parity may make it good.
  if (packetiser_.send(*packet, *sink_)) ++counters_.audio_packets;
}

}  // namespace pf::host::gamestream
