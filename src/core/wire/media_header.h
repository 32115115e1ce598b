// The 24 bytes in front of every media packet. docs/protocol.md, "Media packets".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::wire {

inline constexpr std::size_t media_header_size = 24;
inline constexpr std::size_t media_tag_size = 16;
/// What a media packet adds to the shard that it carries.
inline constexpr std::size_t media_overhead = media_header_size + media_tag_size;
/// The largest UDP payload of a media packet before a path is known to carry more: fits 1,280-byte IPv6 links with
/// QUIC's own floor.
inline constexpr std::size_t default_datagram_size = 1200;
inline constexpr std::uint64_t max_packet_number = (std::uint64_t{1} << 48) - 1;

/// Each has its own key in each direction.
enum class StreamKind : std::uint8_t { video = 0, audio = 1, microphone = 2, speed = 3 };

struct MediaFlags {
  bool keyframe = false;       // the unit decodes without any earlier one
  bool discontinuity = false;  // what came before in this stream is not to be waited for (first unit, after a pause)
  bool operator==(const MediaFlags&) const = default;
};

struct MediaHeader {
  StreamKind stream = StreamKind::video;
  MediaFlags flags;
  std::uint64_t packet_number =
      0;          // 48 bits, counts the packets of one stream and direction from 0, never repeats under a key
  FrameId frame;  // also the FEC block: a frame is one block
  std::uint32_t timestamp_us = 0;   // capture time on the sender's clock, microseconds, modulo 2^32
  std::uint16_t send_delay = 0;     // from capture to sealing, units of 16 microseconds, saturating
  std::uint16_t shard = 0;          // 0..data-1 carry data, data..data+parity-1 carry parity
  std::uint16_t data_shards = 1;    // at least 1
  std::uint16_t parity_shards = 0;  // data + parity at most 65,535
  bool operator==(const MediaHeader&) const = default;
};

/// Whether a UDP payload that starts with `first` is media rather than QUIC, in the manner of RFC 9443. 0x90 to 0x9F is
/// what a QUIC v1 endpoint can send only as a greased 0-RTT packet (RFC 9287), and 0-RTT is never offered.
[[nodiscard]] constexpr bool is_media(std::byte first) {
  return (first & std::byte{0xF0}) == std::byte{0x90};
}

/// Errors: truncated; malformed (not media, reserved bits, unknown stream, shard counts that
/// contradict). Says nothing about authenticity.
Result<MediaHeader> parse_media_header(std::span<const std::byte> packet);

void write_media_header(const MediaHeader& header, std::span<std::byte, media_header_size> out);

}  // namespace pf::wire
