// The headers of GameStream's video packets, byte by byte: docs/gamestream.md, "Video".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pf::host::gamestream {

inline constexpr std::size_t rtp_size = 16;          // 12 bytes of RTP, 4 of extension
inline constexpr std::size_t nv_size = 16;           // counts towards the packet size that was announced
inline constexpr std::size_t frame_header_size = 8;  // in front of the frame's data
inline constexpr std::size_t video_seal_size = 32;   // in front of an encrypted packet

struct VideoPacketPlace {
  std::uint16_t sequence = 0;   // counts data and parity
  std::uint32_t timestamp = 0;  // 90 kHz
  std::uint32_t frame = 0;
  std::uint8_t block = 0;
  std::uint8_t last_block = 0;
  std::size_t shard = 0;  // in the block, parity after data
  std::size_t data = 0;   // shards of the block
  unsigned percent = 0;
};

/// What FEC protects, and so a recovered packet has: written before parity is worked out.
struct VideoPacketContent {
  std::uint32_t index = 0;  // of the data packets of the stream, 24 bits
  bool first = false;       // of its block
  bool last = false;
};

/// Into the NV header at the beginning of `shard`.
void write_content(std::span<std::byte> shard, const VideoPacketContent& content);
/// Into `packet`, which begins with the RTP header, over everything that FEC does not protect.
void write_place(std::span<std::byte> packet, const VideoPacketPlace& place);

enum class FrameKind : std::uint8_t {
  predicted = 1,
  idr = 2,
  recovery = 5,  // predicted from frames that were not reported lost
};

/// `latency` in tenths of a millisecond; `last_payload` is what the frame's last packet carries.
void write_frame_header(std::span<std::byte> out, std::uint16_t latency, FrameKind kind, std::uint16_t last_payload);

}  // namespace pf::host::gamestream
