// What the session plays, on its way to one client: captured, coded and sent on the capturer's own thread.
#pragma once

#include <memory>
#include <span>
#include <utility>

#include "core/session/packet_sink.h"
#include "host/gamestream/audio/sound_encoder.h"
#include "host/gamestream/audio/sound_packetiser.h"
#include "host/seams/platform.h"
#include "host/stream/session_counters.h"

namespace pf::host::gamestream {

/// Plays from open() to its end. For the session's thread.
class SoundTrack {
 public:
  /// Errors: the audio seam's, with its remedy; unsupported (it has another number of channels); SoundEncoder's.
  static Result<std::unique_ptr<SoundTrack>> open(Platform& platform, const AudioRequest& request,
                                                  const SoundPacketiser::Seal& seal,
                                                  std::shared_ptr<session::PacketSink> sink, SessionCounters& counters);

 private:
  SoundTrack(std::unique_ptr<SoundEncoder> encoder, SoundPacketiser packetiser,
             std::shared_ptr<session::PacketSink> sink, SessionCounters& counters)
      : encoder_(std::move(encoder)), packetiser_(std::move(packetiser)), sink_(std::move(sink)), counters_(counters) {}
  void send(std::span<const float> samples);

  const std::unique_ptr<SoundEncoder> encoder_;
  SoundPacketiser packetiser_;
  const std::shared_ptr<session::PacketSink> sink_;
  SessionCounters& counters_;
  std::unique_ptr<AudioCapturer> capturer_;  // ends first: it calls into all of the above
};

}  // namespace pf::host::gamestream
