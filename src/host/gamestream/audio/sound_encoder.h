// PCM to Opus as GameStream's clients take it: streams and mapping as DESCRIBE announced them, packets of one size.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/units.h"
#include "host/gamestream/rtsp/stream_request.h"

struct OpusMSEncoder;

namespace pf::host::gamestream {

/// Constant bitrate, because parity is over packets of one size. One thread.
class SoundEncoder {
 public:
  static constexpr std::size_t max_packet = 1360;
  /// Errors: invalid_argument (the format), internal.
  static Result<std::unique_ptr<SoundEncoder>> create(const AudioRequest& request);

  /// 5 ms of every channel in AudioFormat's order. Empty: the packet is not full yet. Valid until the next call.
  /// Errors: invalid_argument, internal.
  Result<std::span<const std::byte>> encode(std::span<const float> samples);
  [[nodiscard]] static Bitrate bitrate_for(const AudioRequest& request);

 private:
  struct Close {
    void operator()(OpusMSEncoder* encoder) const;
  };
  using Handle = std::unique_ptr<OpusMSEncoder, Close>;
  SoundEncoder(Handle encoder, const AudioRequest& request);

  Handle encoder_;
  const std::size_t samples_;  // of all channels in a packet
  const std::size_t channels_;
  std::vector<float> waiting_;
  std::array<std::byte, max_packet> packet_{};
};

}  // namespace pf::host::gamestream
