#include "core/wire/media_header.h"

#include "core/wire/bytes.h"

namespace pf::wire {
namespace {

constexpr std::uint8_t first_byte_mark = 0x90;
constexpr std::uint8_t flag_keyframe = 0x01;
constexpr std::uint8_t flag_discontinuity = 0x02;
constexpr std::uint8_t known_flags = flag_keyframe | flag_discontinuity;
constexpr std::uint32_t max_shards = 65'535;

}  // namespace

Result<MediaHeader> parse_media_header(std::span<const std::byte> packet) {
  Reader in(packet);
  const auto first = in.read<std::uint8_t>();
  const auto flags = in.read<std::uint8_t>();
  const auto number_low = in.read<std::uint32_t>();
  const auto number_high = in.read<std::uint16_t>();
  MediaHeader header;
  header.packet_number = number_low | (static_cast<std::uint64_t>(number_high) << 32);
  header.frame.value = in.read<std::uint32_t>();
  header.timestamp_us = in.read<std::uint32_t>();
  header.send_delay = in.read<std::uint16_t>();
  header.shard = in.read<std::uint16_t>();
  header.data_shards = in.read<std::uint16_t>();
  header.parity_shards = in.read<std::uint16_t>();
  if (!in.ok()) return fail(ErrorCode::truncated, "a media packet is shorter than its header");
  if (!is_media(std::byte{first})) return fail(ErrorCode::malformed, "not a media packet");
  const auto stream = first & 0x0F;
  if (stream > static_cast<int>(StreamKind::speed))
    return fail(ErrorCode::malformed, "a media packet of an unknown stream");
  if ((flags & ~known_flags) != 0) return fail(ErrorCode::malformed, "a media packet with reserved flags set");
  const std::uint32_t shards = std::uint32_t{header.data_shards} + header.parity_shards;
  if (header.data_shards == 0 || shards > max_shards || header.shard >= shards) {
    return fail(ErrorCode::malformed, "a media packet whose shard counts contradict each other");
  }
  header.stream = static_cast<StreamKind>(stream);
  header.flags.keyframe = (flags & flag_keyframe) != 0;
  header.flags.discontinuity = (flags & flag_discontinuity) != 0;
  return header;
}

void write_media_header(const MediaHeader& header, std::span<std::byte, media_header_size> out) {
  Writer to(out);
  to.write(static_cast<std::uint8_t>(first_byte_mark | static_cast<std::uint8_t>(header.stream)));
  to.write(static_cast<std::uint8_t>((header.flags.keyframe ? flag_keyframe : 0) |
                                     (header.flags.discontinuity ? flag_discontinuity : 0)));
  to.write(static_cast<std::uint32_t>(header.packet_number));
  to.write(static_cast<std::uint16_t>(header.packet_number >> 32));
  to.write(header.frame.value);
  to.write(header.timestamp_us);
  to.write(header.send_delay);
  to.write(header.shard);
  to.write(header.data_shards);
  to.write(header.parity_shards);
}

}  // namespace pf::wire
