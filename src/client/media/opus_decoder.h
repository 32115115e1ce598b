// Opus packets to PCM; what was lost is concealed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::client {

/// One thread. Each call gives audio_packet_samples samples of every channel, interleaved in AudioFormat's order.
class OpusDecoder {
 public:
  /// Errors: invalid_argument (the format), internal.
  static Result<std::unique_ptr<OpusDecoder>> create(const AudioFormat& format);
  ~OpusDecoder();
  OpusDecoder(const OpusDecoder&) = delete;
  OpusDecoder& operator=(const OpusDecoder&) = delete;

  /// Valid until the next call. Errors: malformed (not an Opus packet of this format and of 5 ms).
  Result<std::span<const float>> decode(std::span<const std::byte> packet);

  /// Stands in for one packet that did not come.
  Result<std::span<const float>> conceal();

 private:
  struct State;
  explicit OpusDecoder(std::unique_ptr<State> state);
  Result<std::span<const float>> run(const unsigned char* data, int size);
  std::unique_ptr<State> state_;
};

}  // namespace pf::client
