// Vectors made with the ciphers of a present client under the key 01 02 .. 10.
#include <gtest/gtest.h>

#include <numeric>

#include "host/gamestream/control/control_cipher.h"
#include "host/gamestream/crypto/aes.h"
#include "host/gamestream/rtsp/rtsp_envelope.h"
#include "host/gamestream/rtsp/rtsp_message.h"
#include "support/hex.h"

namespace pf::host::gamestream {
namespace {

using test::hex;

StreamKey key() {
  StreamKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(i + 1);
  return key;
}

const auto keyframe_request = hex("020302000000");
const auto v2_sealed = hex("0100 1a00 04030201 11c7674bada2a2d89b8d940e71be11f4 00041f178768");
const auto v1_sealed = hex("0100 1a00 04030201 a936ec08d7adfcfa36a1e4f8510eeea9 7db6e81a5620");

TEST(ControlSeal, a_clients_messages_are_opened_in_both_versions) {
  const auto v2 = ControlCipher(key(), true).open(v2_sealed);
  ASSERT_TRUE(v2) << v2.error().message;
  EXPECT_EQ(*v2, keyframe_request);
  const auto v1 = ControlCipher(key(), false).open(v1_sealed);
  ASSERT_TRUE(v1) << v1.error().message;
  EXPECT_EQ(*v1, keyframe_request);
}

TEST(ControlSeal, the_hosts_messages_are_what_a_client_opens) {
  const auto sealed = ControlCipher(key(), true).seal(hex("0901040080030023"));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(*sealed, hex("0100 1c00 00000000 8156acbaa9ac11a68448603b7b4eb980 7f2989dfab4eeec5"));
}

TEST(ControlSeal, a_message_is_taken_once_and_only_unchanged) {
  ControlCipher cipher(key(), true);
  for (std::size_t i = 0; i < v2_sealed.size(); ++i) {
    auto changed = v2_sealed;
    changed[i] ^= std::byte{1};
    EXPECT_FALSE(cipher.open(changed)) << i;
  }
  EXPECT_TRUE(cipher.open(v2_sealed));
  EXPECT_FALSE(cipher.open(v2_sealed));
  for (std::size_t size = 0; size < v2_sealed.size(); ++size)
    EXPECT_FALSE(ControlCipher(key(), true).open(std::span(v2_sealed).first(size))) << size;
}

const auto rtsp_sealed =
    hex("8000002c 00000007 f3d225c63b316b112530eab6abee5c0c"
        "84e1cafdb7085c58642648e9c574c2bf3d14b3e378be31a872fb9e8a7ff5c2d767fc511e94c0aa1d60edc2ed");

TEST(RtspSeal, a_clients_request_is_opened) {
  EXPECT_TRUE(looks_sealed(rtsp_sealed));
  for (std::size_t size = 0; size < rtsp_sealed.size(); ++size) {
    const auto part = parse_rtsp_envelope(std::span(rtsp_sealed).first(size));
    ASSERT_TRUE(part);
    EXPECT_FALSE(*part);
  }
  const auto envelope = parse_rtsp_envelope(rtsp_sealed);
  ASSERT_TRUE(envelope && *envelope);
  EXPECT_EQ((*envelope)->sequence, 7U);
  const auto text = open_rtsp(key(), RtspOrigin::client, **envelope);
  ASSERT_TRUE(text);
  const auto request = parse_rtsp_request(*text);
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->method, "OPTIONS");
}

TEST(RtspSeal, another_key_another_sender_and_trailing_bytes_are_refused) {
  const auto envelope = parse_rtsp_envelope(rtsp_sealed);
  ASSERT_TRUE(envelope && *envelope);
  EXPECT_FALSE(open_rtsp(StreamKey{}, RtspOrigin::client, **envelope));
  EXPECT_FALSE(open_rtsp(key(), RtspOrigin::host, **envelope));
  auto longer = rtsp_sealed;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(parse_rtsp_envelope(longer));
  EXPECT_FALSE(parse_rtsp_envelope(hex("ffffffff 00000001")));
}

TEST(RtspSeal, what_is_sealed_opens_again) {
  const auto sealed = seal_rtsp(key(), RtspOrigin::host, 3, "RTSP/1.0 200 OK\r\n\r\n");
  ASSERT_TRUE(sealed);
  const auto envelope = parse_rtsp_envelope(*sealed);
  ASSERT_TRUE(envelope && *envelope);
  EXPECT_EQ(open_rtsp(key(), RtspOrigin::host, **envelope).value_or(""), "RTSP/1.0 200 OK\r\n\r\n");
}

TEST(SoundSeal, cbc_is_padded_as_clients_expect) {
  std::array<std::byte, 16> iv{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xfe}};
  std::vector<std::byte> out;
  const std::string text = "eleven byte";
  auto cipher = CbcEncryptor::create(key());
  ASSERT_TRUE(cipher);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(cipher->encrypt(iv, std::as_bytes(std::span(text)), out));
  EXPECT_EQ(out, hex("2d5f568700e9ec3646dc2e09ae576bf5"));
}

}  // namespace
}  // namespace pf::host::gamestream
