#include "core/crypto/hash.h"

#include <gtest/gtest.h>

#include "core/crypto/aead.h"
#include "core/crypto/primitives.h"
#include "core/wire/bytes.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

using test::hex;
using wire::as_bytes;

TEST(Sha256, matches_fips_180_4) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hmac, matches_rfc_4231) {
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::vector<std::byte>(131, std::byte{0xaa}),
                               as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hkdf, matches_rfc_5869) {
  std::array<std::byte, 42> out{};
  hkdf_sha256(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), hex("000102030405060708090a0b0c"),
              hex("f0f1f2f3f4f5f6f7f8f9"), out);
  EXPECT_EQ(to_hex(out), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  hkdf_sha256(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), {}, {}, out);
  EXPECT_EQ(to_hex(out), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Scrypt, matches_a_second_implementation) {
  // hashlib.scrypt(b"1234", salt=b"salt", n=16384, r=8, p=1, dklen=40)
  std::array<std::byte, 40> out{};
  ASSERT_TRUE(scrypt(as_bytes("1234"), as_bytes("salt"), out));
  EXPECT_EQ(to_hex(out), "016ac1d2551495aa2ad524ed24dd539fcb3a4b2de851ba20ab03786ed0a262fdc49dab90a6114984");
}

TEST(Aes128Gcm, matches_the_gcm_specification) {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 4.
  AeadKey key{};
  const auto key_bytes = hex("feffe9928665731c6d6a8f9467308308");
  std::copy(key_bytes.begin(), key_bytes.end(), key.begin());
  AeadNonce nonce{};
  const auto nonce_bytes = hex("cafebabefacedbaddecaf888");
  std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
  const auto aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  auto text =
      hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0d"
          "e657ba637b39");
  const auto plain = text;
  std::array<std::byte, aead_tag_size> tag{};

  auto aead = Aes128Gcm::create(key);
  ASSERT_TRUE(aead);
  ASSERT_TRUE(aead->seal(nonce, aad, text, tag));
  EXPECT_EQ(to_hex(text),
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a"
            "0aac973d58e091");
  EXPECT_EQ(to_hex(tag), "5bc94fbc3221a5db94fae95ae7121a47");
  ASSERT_TRUE(aead->open(nonce, aad, text, tag));
  EXPECT_EQ(text, plain);
}

TEST(Aes128Gcm, refuses_every_flipped_bit) {
  auto aead = Aes128Gcm::create(AeadKey{});
  std::vector<std::byte> aad(5);
  std::vector<std::byte> sealed(33);
  std::array<std::byte, aead_tag_size> tag{};
  ASSERT_TRUE(aead->seal(AeadNonce{}, aad, sealed, tag));
  const auto opens = [&](std::vector<std::byte> a, std::vector<std::byte> s, std::array<std::byte, aead_tag_size> t) {
    return aead->open(AeadNonce{}, a, s, t).has_value();
  };
  ASSERT_TRUE(opens(aad, sealed, tag));
  for (std::size_t bit = 0; bit < 8; ++bit) {
    const auto flip = static_cast<std::byte>(1u << bit);
    for (auto& byte : aad) {
      byte ^= flip;
      EXPECT_FALSE(opens(aad, sealed, tag));
      byte ^= flip;
    }
    for (auto& byte : sealed) {
      byte ^= flip;
      EXPECT_FALSE(opens(aad, sealed, tag));
      byte ^= flip;
    }
    for (auto& byte : tag) {
      byte ^= flip;
      EXPECT_FALSE(opens(aad, sealed, tag));
      byte ^= flip;
    }
  }
}

TEST(Hex, goes_both_ways) {
  EXPECT_EQ(from_hex("00ffA5").value(), hex("00ffa5"));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(EqualConstantTime, compares) {
  EXPECT_TRUE(equal_constant_time(hex("0102"), hex("0102")));
  EXPECT_FALSE(equal_constant_time(hex("0102"), hex("0103")));
  EXPECT_FALSE(equal_constant_time(hex("0102"), hex("010203")));
}

}  // namespace
}  // namespace pf::crypto
