// What the session plays, on its way to one client: captured, encoded and sent on the capturer's own thread.
#pragma once

#include <functional>
#include <memory>

#include "core/crypto/packet_protection.h"
#include "core/session/audio_stream.h"
#include "core/session/packet_sink.h"
#include "host/seams/platform.h"
#include "host/stream/audio_encoder.h"
#include "host/stream/session_counters.h"

namespace pf::host {

/// Plays from open() to its end. For the session thread.
class AudioPipeline {
 public:
  /// Errors: the audio seam's, with its remedy; those of AudioEncoder.
  static Result<std::unique_ptr<AudioPipeline>> open(Platform& platform, const VirtualDisplay& display,
                                                     const AudioFormat& format, const crypto::MediaKey& key,
                                                     std::shared_ptr<session::PacketSink> sink,
                                                     SessionCounters& counters, const Clock& clock);
  /// What is captured, which may be fewer channels than were asked for.
  [[nodiscard]] const AudioFormat& format() const { return format_; }

 private:
  AudioPipeline(const AudioFormat& format, std::unique_ptr<session::AudioSender> sender,
                std::shared_ptr<session::PacketSink> sink, SessionCounters& counters);
  Result<void> capture(Platform& platform);
  void encode(std::span<const float> samples, TimePoint captured);
  Result<void> send(std::span<const std::byte> opus, TimePoint captured);

  const AudioFormat format_;
  const std::unique_ptr<session::AudioSender> sender_;
  const std::shared_ptr<session::PacketSink> sink_;
  SessionCounters& counters_;
  std::unique_ptr<AudioEncoder> encoder_;  // none where packets come encoded
  // One of them. It ends first: it calls into all of the above.
  std::unique_ptr<AudioCapturer> capturer_;
  std::unique_ptr<PacketSource> source_;
};

}  // namespace pf::host
