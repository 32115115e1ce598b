// Media packets from a stranger. Bit 1 of the first byte chooses the cipher. Bit 0 clear: the rest is a packet as it
// came. Bit 0 set: a genuine packet with the payload that the input names, then bits flipped and bytes cut off as it
// says; only the untouched one may open.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/crypto/packet_protection.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

crypto::MediaKey key_of(MediaCipher cipher) {
  return crypto::derive_media_key({}, wire::StreamKind::video, crypto::Direction::host_to_client, cipher);
}

void open_as_it_came(crypto::PacketOpener& opener, std::span<const std::byte> input) {
  std::vector<std::byte> packet(input.begin(), input.end());
  // Nobody without the key gets in; the fuzzer is not expected to forge a tag.
  fuzz::require(!opener.open(packet));
}

void open_tampered_with(crypto::PacketOpener& opener, const crypto::MediaKey& key, wire::Reader& in) {
  auto sealer = crypto::PacketSealer::create(key, in.read<std::uint64_t>() & wire::max_packet_number).value();
  wire::MediaHeader header;
  header.frame = {in.read<std::uint32_t>()};
  header.data_shards = std::max<std::uint16_t>(1, in.read<std::uint16_t>());
  header.shard = static_cast<std::uint16_t>(in.read<std::uint16_t>() % header.data_shards);
  const auto payload = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
  std::vector<std::byte> genuine(wire::media_overhead + payload.size());
  std::ranges::copy(payload, genuine.begin() + wire::media_header_size);
  fuzz::require(sealer.seal(header, genuine).has_value());

  auto packet = genuine;
  while (in.remaining() >= 3) {
    const auto at = in.read<std::uint16_t>();
    const auto flip = in.read<std::uint8_t>();
    if (packet.empty()) break;
    packet[at % packet.size()] ^= std::byte{flip};
    if (flip == 0) packet.resize(at % packet.size());
  }
  const bool untouched = packet == genuine;
  const auto opened = opener.open(packet);
  fuzz::require(opened.has_value() == untouched);
  if (opened) fuzz::require(std::ranges::equal(opened->payload, payload));

  // Whatever that was, it must not have kept the genuine packet out; and that one comes but once.
  auto again = genuine;
  fuzz::require(opener.open(again).has_value() == !untouched);
  fuzz::require(!opener.open(genuine));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  static const std::array keys{key_of(MediaCipher::aes_128_gcm), key_of(MediaCipher::chacha20_poly1305)};
  const auto first = in.read<std::uint8_t>();
  const auto& key = keys[(first >> 1) & 1u];
  auto opener = crypto::PacketOpener::create(key, wire::StreamKind::video).value();
  if ((first & 1u) == 0) {
    open_as_it_came(opener, in.rest());
  } else {
    open_tampered_with(opener, key, in);
  }
  return 0;
}
