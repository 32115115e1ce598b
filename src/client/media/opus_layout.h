// How Opus carries more than two channels (RFC 7845, section 5.1.1.2): stereo pairs and single channels side by side.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/units.h"

namespace pf::client {

/// Mapping family 1 (0 for stereo, which is the same bytes).
struct OpusLayout {
  std::uint8_t channels = 0;
  std::uint8_t streams = 0;
  std::uint8_t coupled = 0;               // of the streams, the first ones that are stereo
  std::array<std::uint8_t, 8> mapping{};  // output channel -> decoded channel
};

/// nullopt for a format that is not valid().
std::optional<OpusLayout> opus_layout(const AudioFormat& format);

}  // namespace pf::client
