#include "core/crypto/hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/crypto/primitives.h"
#include "core/wire/bytes.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

using test::hex;
using wire::as_bytes;

std::vector<std::byte> repeated(std::size_t count, unsigned value) {
  return std::vector<std::byte>(count, static_cast<std::byte>(value));
}

std::vector<std::byte> counting(unsigned from, unsigned to) {
  std::vector<std::byte> bytes;
  for (unsigned i = from; i <= to; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

TEST(Sha256, matches_fips_180_4) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 4231, section 4 (case 5 is about truncation).
TEST(Hmac, gives_the_macs_of_rfc_4231) {
  EXPECT_EQ(to_hex(hmac_sha256(repeated(20, 0x0b), as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(repeated(20, 0xaa), repeated(50, 0xdd))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(to_hex(hmac_sha256(counting(1, 25), repeated(50, 0xcd))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(
      to_hex(hmac_sha256(repeated(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(to_hex(hmac_sha256(repeated(131, 0xaa),
                               as_bytes("This is a test using a larger than block-size key and a larger than "
                                        "block-size data. The key needs to be hashed before being used by the HMAC "
                                        "algorithm."))),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(Hmac, takes_an_empty_key_and_empty_data) {
  EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// RFC 5869, appendix A, the three cases with SHA-256.
TEST(Hkdf, gives_the_keys_of_rfc_5869) {
  std::vector<std::byte> out(42);
  hkdf_sha256(repeated(22, 0x0b), counting(0x00, 0x0c), counting(0xf0, 0xf9), out);
  EXPECT_EQ(to_hex(out), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  hkdf_expand_sha256(hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"), counting(0xf0, 0xf9),
                     out);
  EXPECT_EQ(to_hex(out), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");

  std::vector<std::byte> longer(82);
  hkdf_sha256(counting(0x00, 0x4f), counting(0x60, 0xaf), counting(0xb0, 0xff), longer);
  EXPECT_EQ(to_hex(longer),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c"
            "2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");

  hkdf_sha256(repeated(22, 0x0b), {}, {}, out);
  EXPECT_EQ(to_hex(out), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, fills_as_much_as_it_may_and_a_shorter_key_is_the_longer_ones_start) {
  std::vector<std::byte> most(8'160);
  hkdf_expand_sha256(repeated(32, 1), as_bytes("info"), most);
  std::vector<std::byte> some(100);
  hkdf_expand_sha256(repeated(32, 1), as_bytes("info"), some);
  EXPECT_TRUE(std::equal(some.begin(), some.end(), most.begin()));
  EXPECT_NE(std::vector(most.end() - 32, most.end()), std::vector(most.begin(), most.begin() + 32));
}

// RFC 7914, section 12, the case with these parameters.
TEST(Scrypt, matches_rfc_7914) {
  std::array<std::byte, 64> out{};
  ASSERT_TRUE(scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), out));
  EXPECT_EQ(to_hex(out),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d"
            "651e40dfcf017b45575887");
}

TEST(Scrypt, matches_a_second_implementation) {
  // hashlib.scrypt(b"1234", salt=b"salt", n=16384, r=8, p=1, dklen=40)
  std::array<std::byte, 40> out{};
  ASSERT_TRUE(scrypt(as_bytes("1234"), as_bytes("salt"), out));
  EXPECT_EQ(to_hex(out), "016ac1d2551495aa2ad524ed24dd539fcb3a4b2de851ba20ab03786ed0a262fdc49dab90a6114984");
}

TEST(RandomBytes, differ_each_time) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    std::array<std::byte, 16> bytes{};
    random_bytes(bytes);
    EXPECT_TRUE(seen.insert(to_hex(bytes)).second);
  }
  random_bytes({});
}

TEST(Hex, goes_both_ways) {
  EXPECT_EQ(from_hex("00ffA5").value(), hex("00ffa5"));
  for (const auto* text : {"0", "0g", "g0", "0x", " 0", "00 ", "a\xc3\xa4"}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(EqualConstantTime, compares) {
  EXPECT_TRUE(equal_constant_time({}, {}));
  EXPECT_TRUE(equal_constant_time(hex("0102"), hex("0102")));
  EXPECT_FALSE(equal_constant_time(hex("0102"), hex("0103")));
  EXPECT_FALSE(equal_constant_time(hex("0102"), hex("010203")));
}

TEST(Wipe, leaves_zeros) {
  auto secret = counting(1, 40);
  wipe(secret);
  EXPECT_EQ(secret, repeated(40, 0));
}

}  // namespace
}  // namespace pf::crypto
