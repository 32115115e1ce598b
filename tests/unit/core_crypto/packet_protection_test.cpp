#include "core/crypto/packet_protection.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "core/crypto/hash.h"
#include "core/wire/bytes.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

MediaSecret secret() {
  MediaSecret bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  return bytes;
}

MediaKey video_key(MediaCipher cipher = MediaCipher::aes_128_gcm) {
  return derive_media_key(secret(), wire::StreamKind::video, Direction::host_to_client, cipher);
}

std::string key_hex(const MediaKey& key) {
  return std::visit([](const auto& bytes) { return to_hex(bytes); }, key.key);
}

std::vector<std::byte> sealed(PacketSealer& sealer, std::size_t payload) {
  std::vector<std::byte> packet(wire::media_overhead + payload, std::byte{0x42});
  wire::MediaHeader header;
  header.frame = {9};
  header.data_shards = 3;
  EXPECT_TRUE(sealer.seal(header, packet));
  return packet;
}

class PacketProtection : public testing::TestWithParam<MediaCipher> {
 protected:
  [[nodiscard]] MediaKey key() const { return video_key(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(EveryCipher, PacketProtection,
                         testing::Values(MediaCipher::aes_128_gcm, MediaCipher::chacha20_poly1305),
                         [](const auto& test) {
                           return test.param == MediaCipher::aes_128_gcm ? "aes_128_gcm" : "chacha20_poly1305";
                         });

TEST(MediaKeys, differ_by_cipher_stream_and_direction) {
  std::set<std::string> keys;
  for (const auto cipher : {MediaCipher::aes_128_gcm, MediaCipher::chacha20_poly1305}) {
    for (const auto stream : {wire::StreamKind::video, wire::StreamKind::audio, wire::StreamKind::microphone}) {
      for (const auto direction : {Direction::host_to_client, Direction::client_to_host}) {
        const auto key = derive_media_key(secret(), stream, direction, cipher);
        keys.insert(key_hex(key).substr(0, 32));
        keys.insert(to_hex(key.iv));
      }
    }
  }
  EXPECT_EQ(keys.size(), 24u);
}

TEST_P(PacketProtection, opens_what_was_sealed) {
  auto sealer = PacketSealer::create(key()).value();
  auto opener = PacketOpener::create(key(), wire::StreamKind::video).value();
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

TEST_P(PacketProtection, refuses_replays_forgeries_and_other_streams) {
  auto sealer = PacketSealer::create(key()).value();
  auto opener = PacketOpener::create(key(), wire::StreamKind::video).value();
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

  auto audio = PacketOpener::create(key(), wire::StreamKind::audio).value();
  auto other = packet;
  EXPECT_FALSE(audio.open(other));
}

TEST(ProtectedPacket, gives_the_bytes_that_the_protocol_page_shows) {
  auto sealer = PacketSealer::create(video_key()).value();
  std::vector<std::byte> packet(wire::media_overhead + 2, std::byte{0x01});
  wire::MediaHeader header;
  header.frame = {1};
  header.flags.keyframe = true;
  header.data_shards = 1;
  header.parity_shards = 2;
  ASSERT_TRUE(sealer.seal(header, packet));
  EXPECT_EQ(key_hex(video_key()), "79b8c2183810ef6c6952ff1e44b76110");
  EXPECT_EQ(to_hex(video_key().iv), "aab71a92e0a0368aa7157b15");
  EXPECT_EQ(to_hex(packet), "90010000000000000100000000000000000000000100020062404b720636f4e7c9c60548877aa237c75e");
}

// Our own vectors, worked out a second time with Python's hmac; the secret is 00 01 ... 1f.
TEST(MediaKeys, have_the_documented_values) {
  struct Vector {
    wire::StreamKind stream;
    Direction direction;
    const char* key;
    const char* iv;
  };
  using wire::StreamKind;
  constexpr Vector vectors[] = {
      {StreamKind::video, Direction::host_to_client, "79b8c2183810ef6c6952ff1e44b76110", "aab71a92e0a0368aa7157b15"},
      {StreamKind::video, Direction::client_to_host, "a2a5e0d5ea29dfbb8e9047589582f26b", "2664f39d0ff571acc21596c7"},
      {StreamKind::audio, Direction::host_to_client, "5f0cf8df48f0110487ecaf450bc316a4", "a60a0326164b36496141376c"},
      {StreamKind::audio, Direction::client_to_host, "afd260dfbcfe6a0dd703720e9c657830", "2911ee5a526e92909f7476ae"},
      {StreamKind::microphone, Direction::host_to_client, "0934df2866b7dcde5b6ea465da0da00f",
       "d6ac8a642d632e384d8f4128"},
      {StreamKind::microphone, Direction::client_to_host, "6641fde48a0bb62905cbe9ea16a171a9",
       "4dc8de3377cfcbd8b97ff026"},
  };
  for (const auto& v : vectors) {
    const auto key = derive_media_key(secret(), v.stream, v.direction);
    EXPECT_EQ(key_hex(key), v.key);
    EXPECT_EQ(to_hex(key.iv), v.iv);
  }
}

// Worked out a second time with Python's cryptography package.
TEST(ProtectedPacket, puts_the_whole_packet_number_into_the_nonce) {
  auto sealer = PacketSealer::create(video_key(), 0x0102030405).value();
  std::vector<std::byte> packet(wire::media_header_size);
  const auto payload = wire::as_bytes("punktfunk");
  packet.insert(packet.end(), payload.begin(), payload.end());
  packet.resize(packet.size() + wire::media_tag_size);
  const wire::MediaHeader header{.stream = wire::StreamKind::video,
                                 .flags = {.keyframe = true},
                                 .packet_number = 99,  // the sealer numbers packets itself
                                 .frame = {7},
                                 .timestamp_us = 0x11223344,
                                 .send_delay = 0x55,
                                 .shard = 2,
                                 .data_shards = 3,
                                 .parity_shards = 1};
  ASSERT_TRUE(sealer.seal(header, packet));
  EXPECT_EQ(to_hex(packet),
            "900105040302010007000000443322115500020003000100daea636bce9abdd05341c34166528bea9f515023f020aa48f1");
}

TEST_P(PacketProtection, takes_packets_in_any_order_within_the_window) {
  auto old_packets = PacketSealer::create(key()).value();
  auto new_packets = PacketSealer::create(key(), ReplayWindow::size).value();
  auto opener = PacketOpener::create(key(), wire::StreamKind::video).value();
  auto newest = sealed(new_packets, 10);
  EXPECT_TRUE(opener.open(newest));
  auto too_old = sealed(old_packets, 10);
  const auto refused = opener.open(too_old);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  auto just_in_time = sealed(old_packets, 10);
  EXPECT_TRUE(opener.open(just_in_time));
}

TEST_P(PacketProtection, a_forged_number_far_ahead_moves_no_window) {
  auto sealer = PacketSealer::create(key()).value();
  auto opener = PacketOpener::create(key(), wire::StreamKind::video).value();
  auto packet = sealed(sealer, 10);
  auto ahead = packet;
  ahead[7] = std::byte{0xff};
  const auto refused = opener.open(ahead);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
  EXPECT_TRUE(opener.open(packet));
}

TEST_P(PacketProtection, the_other_directions_key_opens_nothing) {
  auto sealer = PacketSealer::create(key()).value();
  auto opener =
      PacketOpener::create(derive_media_key(secret(), wire::StreamKind::video, Direction::client_to_host, GetParam()),
                           wire::StreamKind::video)
          .value();
  auto packet = sealed(sealer, 10);
  const auto refused = opener.open(packet);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
}

TEST_P(PacketProtection, stops_when_its_numbers_are_used_up) {
  auto sealer = PacketSealer::create(key(), wire::max_packet_number).value();
  auto opener = PacketOpener::create(key(), wire::StreamKind::video).value();
  auto last = sealed(sealer, 10);
  const auto opened = opener.open(last);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->header.packet_number, wire::max_packet_number);
  std::vector<std::byte> packet(wire::media_overhead);
  const auto refused = sealer.seal({}, packet);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::exhausted);
}

TEST_P(PacketProtection, an_empty_payload_is_authenticated_and_no_room_is_refused) {
  auto sealer = PacketSealer::create(key()).value();
  auto opener = PacketOpener::create(key(), wire::StreamKind::video).value();
  auto empty = sealed(sealer, 0);
  const auto opened = opener.open(empty);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->payload.empty());
  std::vector<std::byte> small(wire::media_overhead - 1);
  EXPECT_FALSE(sealer.seal({}, small));
  EXPECT_EQ(sealer.sealed(), 1u);
}

TEST_P(PacketProtection, a_payload_from_elsewhere_gives_the_same_packet_and_fills_it_or_is_refused) {
  const std::vector<std::byte> payload(100, std::byte{0x42});
  auto here = PacketSealer::create(key()).value();
  auto elsewhere = PacketSealer::create(key()).value();
  const auto expected = sealed(here, payload.size());
  std::vector<std::byte> packet(expected.size());
  wire::MediaHeader header;
  header.frame = {9};
  header.data_shards = 3;
  ASSERT_TRUE(elsewhere.seal(header, payload, packet));
  EXPECT_EQ(packet, expected);
  for (const auto wrong : {std::size_t{0}, payload.size() - 1}) {
    const auto refused = elsewhere.seal(header, std::span(payload).first(wrong), packet);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(packet, expected);
  EXPECT_EQ(elsewhere.sealed(), 1u) << "no number is spent on what is refused";
}

}  // namespace
}  // namespace pf::crypto
