// How the channels of a sound are spread over Opus streams, and how DESCRIBE says so.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/base/units.h"

namespace pf::host::gamestream {

/// Coupled streams come first, as Opus wants it (RFC 7845, section 5.1.1).
struct SurroundLayout {
  unsigned channels = 2;
  unsigned streams = 1;
  unsigned coupled = 1;
  /// For each channel in AudioFormat's order, the coded channel that carries it.
  std::array<std::uint8_t, 8> mapping{};
};

/// Left and right pairs share a stream, or, in high quality, no two channels do. Stereo is one pair either way.
[[nodiscard]] SurroundLayout surround_layout(const AudioFormat& format, bool high_quality);

/// The value of DESCRIBE's surround-params: channels, streams, coupled streams and a digit for each channel in the
/// client's order, front left, front right, centre, LFE, back pair, side pair. In normal quality clients move the last
/// digit to the LFE's place, so it stands last here.
[[nodiscard]] std::string surround_params(const AudioFormat& format, bool high_quality);

}  // namespace pf::host::gamestream
