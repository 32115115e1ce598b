#include "core/crypto/packet_protection.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "core/crypto/hash.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

MediaSecret secret() {
  MediaSecret bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  return bytes;
}

MediaKey video_key() {
  return derive_media_key(secret(), wire::StreamKind::video, Direction::host_to_client);
}

std::vector<std::byte> sealed(PacketSealer& sealer, std::size_t payload) {
  std::vector<std::byte> packet(wire::media_overhead + payload, std::byte{0x42});
  wire::MediaHeader header;
  header.frame = {9};
  header.data_shards = 3;
  EXPECT_TRUE(sealer.seal(header, packet));
  return packet;
}

TEST(MediaKeys, differ_by_stream_and_direction) {
  std::set<std::string> keys;
  for (const auto stream : {wire::StreamKind::video, wire::StreamKind::audio, wire::StreamKind::microphone}) {
    for (const auto direction : {Direction::host_to_client, Direction::client_to_host}) {
      const auto key = derive_media_key(secret(), stream, direction);
      keys.insert(to_hex(key.key));
      keys.insert(to_hex(key.iv));
    }
  }
  EXPECT_EQ(keys.size(), 12u);
}

TEST(PacketProtection, opens_what_was_sealed) {
  auto sealer = PacketSealer::create(video_key()).value();
  auto opener = PacketOpener::create(video_key(), wire::StreamKind::video).value();
  for (std::uint64_t i = 0; i < 3; ++i) {
    auto packet = sealed(sealer, 100);
    const auto opened = opener.open(packet);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->header.packet_number, i);
    EXPECT_EQ(opened->header.frame, FrameId{9});
    EXPECT_EQ(opened->payload.size(), 100u);
    EXPECT_EQ(opened->payload[99], std::byte{0x42});
  }
}

TEST(PacketProtection, refuses_replays_forgeries_and_other_streams) {
  auto sealer = PacketSealer::create(video_key()).value();
  auto opener = PacketOpener::create(video_key(), wire::StreamKind::video).value();
  const auto packet = sealed(sealer, 20);
  for (std::size_t i = 0; i < packet.size(); ++i) {
    auto forged = packet;
    forged[i] ^= std::byte{0x10};
    EXPECT_FALSE(opener.open(forged)) << i;
  }
  for (std::size_t size = 0; size < packet.size(); ++size) {
    std::vector<std::byte> cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(opener.open(cut)) << size;
  }
  auto first = packet;
  EXPECT_TRUE(opener.open(first)) << "what failed before must not have used the number up";
  auto again = packet;
  const auto replay = opener.open(again);
  ASSERT_FALSE(replay);
  EXPECT_EQ(replay.error().code, ErrorCode::refused);

  auto audio = PacketOpener::create(video_key(), wire::StreamKind::audio).value();
  auto other = packet;
  EXPECT_FALSE(audio.open(other));
}

TEST(PacketProtection, gives_the_bytes_that_the_protocol_page_shows) {
  auto sealer = PacketSealer::create(video_key()).value();
  std::vector<std::byte> packet(wire::media_overhead + 2, std::byte{0x01});
  wire::MediaHeader header;
  header.frame = {1};
  header.flags.keyframe = true;
  header.data_shards = 1;
  header.parity_shards = 2;
  ASSERT_TRUE(sealer.seal(header, packet));
  EXPECT_EQ(to_hex(video_key().key), "79b8c2183810ef6c6952ff1e44b76110");
  EXPECT_EQ(to_hex(video_key().iv), "aab71a92e0a0368aa7157b15");
  EXPECT_EQ(to_hex(packet), "90010000000000000100000000000000000000000100020062404b720636f4e7c9c60548877aa237c75e");
}

}  // namespace
}  // namespace pf::crypto
