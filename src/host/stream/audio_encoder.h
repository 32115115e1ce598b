// PCM to Opus in packets of 5 ms (RFC 6716; surround as RFC 7845's mapping family 1).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "core/base/error.h"
#include "core/base/units.h"
#include "core/wire/audio_payload.h"

struct OpusMSEncoder;

namespace pf::host {

/// Constant bitrate and the codec's low-delay mode (CELT alone, 2.5 ms of look-ahead). One thread.
class AudioEncoder {
 public:
  /// Errors: invalid_argument (the format), internal.
  static Result<std::unique_ptr<AudioEncoder>> create(const AudioFormat& format);

  /// Exactly audio_packet_samples per channel, interleaved. The packet is valid until the next call.
  /// Errors: invalid_argument, internal.
  Result<std::span<const std::byte>> encode(std::span<const float> samples);
  [[nodiscard]] static Bitrate bitrate_for(const AudioFormat& format);

 private:
  struct Close {
    void operator()(OpusMSEncoder* encoder) const;
  };
  using Handle = std::unique_ptr<OpusMSEncoder, Close>;
  AudioEncoder(Handle encoder, const AudioFormat& format);

  Handle encoder_;
  AudioFormat format_;
  std::array<std::byte, wire::max_opus_packet> packet_{};
};

}  // namespace pf::host
