#include "unit/core_wire/protocol_page_crypto.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "core/crypto/packet_protection.h"
#include "core/crypto/spake2.h"
#include "core/wire/bytes.h"

namespace pf::test {
namespace {

using crypto::Direction;
using wire::StreamKind;

std::vector<std::byte> vector_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

template <std::size_t N>
std::array<std::byte, N> array_of(const PageVector& v, const std::string& key) {
  std::array<std::byte, N> array{};
  const auto bytes = v.hex(key);
  EXPECT_EQ(bytes.size(), N) << key;
  std::copy_n(bytes.begin(), std::min(bytes.size(), N), array.begin());
  return array;
}

void expect_key(const crypto::MediaKey& key, const std::vector<std::byte>& expected,
                const std::vector<std::byte>& expected_iv) {
  EXPECT_EQ(std::visit([](const auto& bytes) { return vector_of(bytes); }, key.key), expected);
  EXPECT_EQ(vector_of(key.iv), expected_iv);
}

crypto::MediaKey video_key(const PageVector& v, MediaCipher cipher) {
  return crypto::derive_media_key(array_of<32>(v, "secret"), static_cast<StreamKind>(v.number("stream")),
                                  static_cast<Direction>(v.number("direction")), cipher);
}

crypto::MediaKey audio_key(const PageVector& v) {
  return crypto::derive_media_key(array_of<32>(v, "secret"), StreamKind::audio, Direction::host_to_client);
}

void check_key(const PageVector& v, MediaCipher cipher) {
  expect_key(video_key(v, cipher), v.hex("key"), v.hex("iv"));
}

void check_all_keys(const PageVector& v) {
  constexpr std::pair<const char*, StreamKind> streams[] = {
      {"video", StreamKind::video}, {"audio", StreamKind::audio}, {"microphone", StreamKind::microphone}};
  constexpr std::pair<const char*, Direction> directions[] = {{"_to_client", Direction::host_to_client},
                                                              {"_to_host", Direction::client_to_host}};
  for (const auto& [stream_name, stream] : streams) {
    for (const auto& [direction_name, direction] : directions) {
      const auto name = std::string(stream_name) + direction_name;
      SCOPED_TRACE(name);
      const auto words = v.words(name);
      ASSERT_EQ(words.size(), 2u);
      PageVector expected;
      expected.set("key", words[0]);
      expected.set("iv", words[1]);
      expect_key(crypto::derive_media_key(array_of<32>(v, "secret"), stream, direction), expected.hex("key"),
                 expected.hex("iv"));
    }
  }
}

void check_sealed(const PageVector& v, const crypto::MediaKey& key, StreamKind stream) {
  wire::MediaHeader header;
  header.stream = stream;
  header.frame = {static_cast<std::uint32_t>(v.number("frame"))};
  header.timestamp_us = static_cast<std::uint32_t>(v.number("timestamp"));
  header.send_delay = static_cast<std::uint16_t>(v.number("send_delay"));
  header.packet_number = static_cast<std::uint64_t>(v.number("packet_number"));
  const auto payload = v.hex("payload");

  auto packet = v.bytes;
  auto opener = crypto::PacketOpener::create(key, stream).value();
  const auto opened = opener.open(packet);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->header, header);
  EXPECT_EQ(vector_of(opened->payload), payload);

  std::vector<std::byte> sealed(payload.size() + wire::media_overhead);
  std::ranges::copy(payload, sealed.begin() + wire::media_header_size);
  ASSERT_TRUE(crypto::PacketSealer::create(key, header.packet_number).value().seal(header, sealed));
  EXPECT_EQ(sealed, v.bytes);
}

// Key, iv and nonce as the page has them, past everything that derives or numbers.
void check_cipher(const PageVector& v) {
  auto text = v.hex("payload");
  std::array<std::byte, crypto::aead_tag_size> tag{};
  const auto aead = crypto::make_aead(array_of<16>(v, "key")).value();
  const auto header = std::span(v.bytes).first(wire::media_header_size);
  ASSERT_TRUE(aead->seal_in_place(array_of<12>(v, "nonce"), header, text, tag));
  text.insert(text.end(), tag.begin(), tag.end());
  EXPECT_EQ(text, vector_of(std::span(v.bytes).subspan(wire::media_header_size)));
}

void check_sealed_audio(const PageVector& v) {
  const auto key = audio_key(v);
  expect_key(key, v.hex("key"), v.hex("iv"));
  check_cipher(v);
  check_sealed(v, key, StreamKind::audio);
}

void check_pairing(const PageVector& v) {
  const auto client = v.hex("client_fingerprint");
  const auto host = v.hex("host_fingerprint");
  auto salt = client;
  salt.insert(salt.end(), host.begin(), host.end());
  const auto secret = crypto::spake2_secret_from_pin(v.text("pin"), salt).value();
  EXPECT_EQ(vector_of(secret), v.hex("scrypt"));

  using crypto::Spake2;
  using crypto::Spake2Role;
  const auto a = Spake2::create(Spake2Role::a, secret, v.hex("x")).value();
  const auto b = Spake2::create_with_w(Spake2Role::b, array_of<32>(v, "w"), v.hex("y")).value();
  EXPECT_EQ(vector_of(a.share()), v.hex("pA"));
  EXPECT_EQ(vector_of(b.share()), v.hex("pB"));
  const crypto::Spake2Identity identity{client, host, wire::as_bytes("punktfunk pairing 1")};
  const auto at_a = a.finish(b.share(), identity).value();
  const auto at_b = b.finish(a.share(), identity).value();
  EXPECT_EQ(vector_of(at_a.own_confirmation), v.hex("cA"));
  EXPECT_EQ(vector_of(at_b.own_confirmation), v.hex("cB"));
  EXPECT_EQ(at_a.expected_confirmation, at_b.own_confirmation);
  EXPECT_EQ(at_b.expected_confirmation, at_a.own_confirmation);
}

}  // namespace

void add_crypto_checks(const ProtocolPage& page, std::map<std::string, Check>& checks) {
  for (const auto& [suffix, cipher] :
       {std::pair{"", MediaCipher::aes_128_gcm}, std::pair{"-chacha20", MediaCipher::chacha20_poly1305}}) {
    const std::string key = std::string("media-key") + suffix;
    checks[key] = [cipher](const PageVector& v) { check_key(v, cipher); };
    checks[std::string("sealed-packet") + suffix] = [&page, key, cipher](const PageVector& v) {
      check_sealed(v, video_key(page.vectors.at(key), cipher), StreamKind::video);
    };
  }
  checks["media-keys"] = check_all_keys;
  checks["sealed-audio"] = check_sealed_audio;
  checks["pairing"] = check_pairing;
}

bool refused_under_the_audio_key(const ProtocolPage& page, std::span<const std::byte> packet) {
  auto opener = crypto::PacketOpener::create(audio_key(page.vectors.at("sealed-audio")), StreamKind::audio).value();
  auto copy = vector_of(packet);
  return !opener.open(copy);
}

}  // namespace pf::test
