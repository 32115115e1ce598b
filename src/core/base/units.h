// The quantities that every part of a stream talks about, each with its unit in its type.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace pf {

/// Bits per second.
struct Bitrate {
  std::uint64_t bits_per_second = 0;
  auto operator<=>(const Bitrate&) const = default;
};

constexpr Bitrate operator""_mbps(unsigned long long n) {
  return {n * 1'000'000};
}
constexpr Bitrate operator""_kbps(unsigned long long n) {
  return {n * 1'000};
}

/// A display mode: pixels and thousandths of a hertz (59,940 is 59.94 Hz).
struct Mode {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t refresh_mhz = 0;
  auto operator<=>(const Mode&) const = default;

  /// What every host accepts: 320x200 to 7680x4320 at 1 to 500 Hz.
  [[nodiscard]] bool valid() const;

  /// "1920x1080@60" or "1920x1080@59.94".
  [[nodiscard]] std::string to_string() const;

  /// Reads "WxH", "WxH@HZ" or "WxH@HZ.FRACTION"; without a rate it is 60 Hz.
  /// Fails with invalid_argument when the text does not parse or the mode is not valid().
  static Result<Mode> parse(std::string_view text);
};

/// Numbers the frames (access units, audio packets) of one stream from 1; wraps after 2^32 and compares by serial
/// arithmetic (RFC 1982).
struct FrameId {
  std::uint32_t value = 0;
  bool operator==(const FrameId&) const = default;

  [[nodiscard]] FrameId next() const { return {value + 1}; }
  /// Signed distance from `other` to this one, right across a wrap.
  [[nodiscard]] std::int32_t since(FrameId other) const { return static_cast<std::int32_t>(value - other.value); }
  [[nodiscard]] bool newer_than(FrameId other) const { return since(other) > 0; }
};

enum class VideoCodec : std::uint8_t { h264 = 1, hevc = 2, av1 = 3 };

/// Interleaved PCM at 48,000 Hz. Channel order is Opus's (RFC 7845, section 5.1.1.2): 2 = L R; 6 = L C R BL BR LFE; 8 =
/// L C R SL SR BL BR LFE.
struct AudioFormat {
  std::uint8_t channels = 2;
  auto operator<=>(const AudioFormat&) const = default;
  [[nodiscard]] bool valid() const { return channels == 2 || channels == 6 || channels == 8; }
};

inline constexpr std::uint32_t audio_sample_rate = 48'000;
/// 5 ms at 48 kHz: the samples of one channel in one audio packet.
inline constexpr std::uint32_t audio_packet_samples = 240;

}  // namespace pf
