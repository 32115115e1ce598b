#include "core/crypto/packet_protection.h"

#include <bit>
#include <string>

#include "core/crypto/hash.h"
#include "core/wire/bytes.h"

namespace pf::crypto {
namespace {

std::uint32_t big_endian(std::uint32_t number) {
  return std::endian::native == std::endian::big ? number : __builtin_bswap32(number);
}

void expand(const MediaSecret& secret, std::string_view label, wire::StreamKind stream, Direction direction,
            std::span<std::byte> out) {
  std::string info(label);
  info += static_cast<char>(stream);
  info += static_cast<char>(direction);
  hkdf_expand_sha256(secret, wire::as_bytes(info), out);
}

}  // namespace

const AeadNonce& PacketNonce::of(std::uint64_t packet_number) {
  using Words = std::uint32_t __attribute__((vector_size(16)));
  const Words number{0, big_endian(static_cast<std::uint32_t>(packet_number >> 32)),
                     big_endian(static_cast<std::uint32_t>(packet_number)), 0};
  present_ = std::bit_cast<Room>(std::bit_cast<Words>(iv_) ^ number);
  return present_.nonce;
}

MediaKey derive_media_key(const MediaSecret& secret, wire::StreamKind stream, Direction direction, MediaCipher cipher) {
  MediaKey key{};
  if (cipher == MediaCipher::chacha20_poly1305) {
    expand(secret, "punktfunk-1 chacha20 key", stream, direction, key.key.emplace<ChaCha20Poly1305Key>());
    expand(secret, "punktfunk-1 chacha20 iv", stream, direction, key.iv);
  } else {
    expand(secret, "punktfunk-1 key", stream, direction, key.key.emplace<Aes128GcmKey>());
    expand(secret, "punktfunk-1 iv", stream, direction, key.iv);
  }
  return key;
}

Result<PacketSealer> PacketSealer::create(const MediaKey& key, std::uint64_t first) {
  auto aead = make_aead(key.key);
  if (!aead) return std::unexpected(aead.error());
  return PacketSealer(std::move(*aead), key.iv, first);
}

Result<void> PacketSealer::seal(wire::MediaHeader header, std::span<std::byte> packet) {
  if (packet.size() < wire::media_overhead)
    return fail(ErrorCode::invalid_argument, "a media packet without room for header and tag");
  return seal(header, packet.subspan(wire::media_header_size, packet.size() - wire::media_overhead), packet);
}

Result<void> PacketSealer::seal(wire::MediaHeader header, std::span<const std::byte> payload,
                                std::span<std::byte> packet) {
  if (packet.size() != payload.size() + wire::media_overhead)
    return fail(ErrorCode::invalid_argument, "a media packet that its payload, header and tag don't fill");
  if (next_ > wire::max_packet_number)
    return fail(ErrorCode::exhausted, "the packet numbers of this stream are used up");
  header.packet_number = next_++;
  const auto head = packet.first<wire::media_header_size>();
  wire::write_media_header(header, head);
  return aead_->seal(nonce_.of(header.packet_number), head, payload, packet.subspan(head.size(), payload.size()),
                     packet.last<aead_tag_size>());
}

Result<PacketOpener> PacketOpener::create(const MediaKey& key, wire::StreamKind stream) {
  auto aead = make_aead(key.key);
  if (!aead) return std::unexpected(aead.error());
  return PacketOpener(std::move(*aead), key.iv, stream);
}

Result<OpenedPacket> PacketOpener::open(std::span<std::byte> packet) {
  const auto header = wire::parse_media_header(packet);
  if (!header) return std::unexpected(header.error());
  if (packet.size() < wire::media_overhead) return fail(ErrorCode::truncated, "a media packet without a tag");
  if (header->stream != stream_) return fail(ErrorCode::malformed, "a media packet of another stream");
  if (!window_.would_accept(header->packet_number))
    return fail(ErrorCode::refused, "a media packet that was here before");
  const auto head = packet.first<wire::media_header_size>();
  const auto payload = packet.subspan(head.size(), packet.size() - wire::media_overhead);
  const auto opened = aead_->open(nonce_.of(header->packet_number), head, payload, packet.last<aead_tag_size>());
  if (!opened) return std::unexpected(opened.error());
  window_.accept(header->packet_number);
  return OpenedPacket{*header, payload};
}

}  // namespace pf::crypto
