#include "host/gamestream/video/video_packet.h"

#include <algorithm>

#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::byte rtp_with_extension{0x90};  // version 2
constexpr std::uint8_t picture_data = 0x01;
constexpr std::uint8_t end_of_frame = 0x02;
constexpr std::uint8_t start_of_frame = 0x04;
constexpr std::byte multi_block_fec{0x10};

}  // namespace

void write_content(std::span<std::byte> shard, const VideoPacketContent& content) {
  std::fill_n(shard.begin(), nv_size, std::byte{0});
  store_le(shard, content.index << 8);
  shard[8] =
      static_cast<std::byte>(picture_data | (content.last ? end_of_frame : 0) | (content.first ? start_of_frame : 0));
}

void write_place(std::span<std::byte> packet, const VideoPacketPlace& place) {
  std::fill_n(packet.begin(), rtp_size, std::byte{0});
  packet[0] = rtp_with_extension;
  store_be(packet.subspan(2), place.sequence);
  store_be(packet.subspan(4), place.timestamp);
  const auto nv = packet.subspan(rtp_size);
  store_le(nv.subspan(4), place.frame);
  nv[10] = multi_block_fec;
  nv[11] = static_cast<std::byte>((place.block << 4) | (place.last_block << 6));
  store_le(nv.subspan(12), static_cast<std::uint32_t>((place.data << 22) | (place.shard << 12) | (place.percent << 4)));
}

void write_frame_header(std::span<std::byte> out, std::uint16_t latency, FrameKind kind, std::uint16_t last_payload) {
  std::fill_n(out.begin(), frame_header_size, std::byte{0});
  out[0] = std::byte{0x01};
  store_le(out.subspan(1), latency);
  out[3] = static_cast<std::byte>(kind);
  store_le(out.subspan(4), last_payload);
}

}  // namespace pf::host::gamestream
