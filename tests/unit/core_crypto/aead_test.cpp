#include "core/crypto/aead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "core/crypto/aead_backend.h"
#include "core/crypto/hash.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

using test::hex;

/// `text` must fill the array.
template <class Array>
Array array_of(std::string_view text) {
  const auto bytes = hex(text);
  Array array{};
  EXPECT_EQ(bytes.size(), array.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), array.size()), array.begin());
  return array;
}

struct Case {
  const char* key;
  const char* nonce;
  const char* aad;
  const char* plain;
  const char* cipher;
  const char* tag;
};

constexpr auto zeros = "00000000000000000000000000000000";
constexpr auto key = "feffe9928665731c6d6a8f9467308308";
constexpr auto nonce = "cafebabefacedbaddecaf888";

// Cases 1 to 4 of the specification of GCM that was submitted to NIST.
constexpr Case cases[] = {
    {zeros, "000000000000000000000000", "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
    {zeros, "000000000000000000000000", "", zeros, "0388dace60b6a392f328c2b971b2fe78",
     "ab6e47d42cec13bdf53a67b21257bddf"},
    {key, nonce, "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b391aafd255",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
     "3d58e091473f5985",
     "4d5c2af327cd64a62cf35abd2ba6fab4"},
    {key, nonce, "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
     "3d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
};

using Tag = std::array<std::byte, aead_tag_size>;

Aes128Gcm aead_of(const Case& c) {
  return Aes128Gcm::create(array_of<AeadKey>(c.key)).value();
}

TEST(Aes128Gcm, seals_as_nist_says) {
  for (const auto& c : cases) {
    auto text = hex(c.plain);
    Tag tag{};
    ASSERT_TRUE(aead_of(c).seal(array_of<AeadNonce>(c.nonce), hex(c.aad), text, tag));
    EXPECT_EQ(to_hex(text), c.cipher);
    EXPECT_EQ(to_hex(tag), c.tag);
  }
}

TEST(Aes128Gcm, opens_as_nist_says) {
  for (const auto& c : cases) {
    auto text = hex(c.cipher);
    ASSERT_TRUE(aead_of(c).open(array_of<AeadNonce>(c.nonce), hex(c.aad), text, array_of<Tag>(c.tag)));
    EXPECT_EQ(to_hex(text), c.plain);
  }
}

TEST(Aes128Gcm, one_object_seals_and_opens_in_any_order_even_after_a_failure) {
  auto aead = aead_of(cases[3]);
  const auto sealed = hex(cases[3].cipher);
  const auto aad = hex(cases[3].aad);
  for (int round = 0; round < 3; ++round) {
    auto text = hex(cases[3].plain);
    Tag tag{};
    ASSERT_TRUE(aead.seal(array_of<AeadNonce>(nonce), aad, text, tag));
    EXPECT_EQ(text, sealed);
    auto forged = tag;
    forged[15] ^= std::byte{1};
    EXPECT_FALSE(aead.open(array_of<AeadNonce>(nonce), aad, text, forged));
    text = sealed;
    ASSERT_TRUE(aead.open(array_of<AeadNonce>(nonce), aad, text, tag));
    EXPECT_EQ(to_hex(text), cases[3].plain);
  }
}

// The fast implementation against the general one, at every length up to several blocks of its widest loops.
TEST(Aes128Gcm, both_implementations_give_the_same_bytes) {
  const auto secret = array_of<AeadKey>(key);
  const auto fast = make_multi_buffer_aead(secret);
  if (fast == nullptr) GTEST_SKIP() << "this build or processor has no other implementation than the general one";
  const auto general = make_library_aead(secret).value();
  std::mt19937_64 random(7);
  const auto fill = [&](auto& bytes) {
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  };
  for (std::size_t size = 0; size < 2100; ++size) {
    AeadNonce number{};
    fill(number);
    std::vector<std::byte> aad(random() % 40);
    fill(aad);
    std::vector<std::byte> plain(size);
    fill(plain);
    auto ours = plain, theirs = plain;
    Tag our_tag{}, their_tag{};
    ASSERT_TRUE(fast->seal(number, aad, ours, our_tag));
    ASSERT_TRUE(general->seal(number, aad, theirs, their_tag));
    ASSERT_EQ(ours, theirs) << size;
    ASSERT_EQ(our_tag, their_tag) << size;
    ASSERT_TRUE(fast->open(number, aad, ours, our_tag)) << size;
    ASSERT_EQ(ours, plain) << size;
    their_tag[random() % their_tag.size()] ^= std::byte{0x10};
    ASSERT_FALSE(fast->open(number, aad, theirs, their_tag)) << size;
  }
}

TEST(Aes128Gcm, notices_a_flipped_bit_anywhere) {
  const auto& c = cases[3];
  auto aead = aead_of(c);
  const auto expect_refused = [&](std::vector<std::byte> text, const std::vector<std::byte>& aad, AeadNonce number,
                                  const Tag& tag) {
    const auto opened = aead.open(number, aad, text, tag);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unauthenticated);
  };
  const auto flipped = [](auto bytes, std::size_t bit) {
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    return bytes;
  };
  const auto text = hex(c.cipher);
  const auto aad = hex(c.aad);
  const auto number = array_of<AeadNonce>(c.nonce);
  const auto tag = array_of<Tag>(c.tag);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) expect_refused(flipped(text, bit), aad, number, tag);
  for (std::size_t bit = 0; bit < aad.size() * 8; ++bit) expect_refused(text, flipped(aad, bit), number, tag);
  for (std::size_t bit = 0; bit < number.size() * 8; ++bit) expect_refused(text, aad, flipped(number, bit), tag);
  for (std::size_t bit = 0; bit < tag.size() * 8; ++bit) expect_refused(text, aad, number, flipped(tag, bit));
}

}  // namespace
}  // namespace pf::crypto
