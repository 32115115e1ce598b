// One suite over every implementation of every cipher, and each fast implementation against the general one.
#include "core/crypto/aead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "core/crypto/aead_backends.h"
#include "core/crypto/hash.h"
#include "support/hex.h"

namespace pf::crypto {
namespace {

using test::hex;
using Tag = std::array<std::byte, aead_tag_size>;

/// `text` must fill the array.
template <class Array>
Array array_of(std::string_view text) {
  const auto bytes = hex(text);
  Array array{};
  EXPECT_EQ(bytes.size(), array.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), array.size()), array.begin());
  return array;
}

/// The cipher by the key's length.
AeadKey key_of(std::string_view text) {
  if (text.size() == 2 * sizeof(Aes128GcmKey)) return array_of<Aes128GcmKey>(text);
  return array_of<ChaCha20Poly1305Key>(text);
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
constexpr auto aes_key = "feffe9928665731c6d6a8f9467308308";
constexpr auto aes_nonce = "cafebabefacedbaddecaf888";

constexpr Case cases[] = {
    // Cases 1 to 4 of the specification of GCM that was submitted to NIST.
    {zeros, "000000000000000000000000", "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
    {zeros, "000000000000000000000000", "", zeros, "0388dace60b6a392f328c2b971b2fe78",
     "ab6e47d42cec13bdf53a67b21257bddf"},
    {aes_key, aes_nonce, "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b391aafd255",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
     "3d58e091473f5985",
     "4d5c2af327cd64a62cf35abd2ba6fab4"},
    {aes_key, aes_nonce, "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
     "ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
     "3d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    // RFC 8439, section 2.8.2.
    {"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666"
     "657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069"
     "742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29"
     "05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b"
     "6116",
     "1ae10b594f09e26a7e902ecbd0600691"},
    // RFC 8439, appendix A.5.
    {"1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0", "000000000102030405060708",
     "f33388860000000000004e91",
     "496e7465726e65742d4472616674732061726520647261667420646f63756d656e74732076616c696420666f722061206d6178696d756d20"
     "6f6620736978206d6f6e74687320616e64206d617920626520757064617465642c207265706c616365642c206f72206f62736f6c65746564"
     "206279206f7468657220646f63756d656e747320617420616e792074696d652e20497420697320696e617070726f70726961746520746f20"
     "75736520496e7465726e65742d447261667473206173207265666572656e6365206d6174657269616c206f7220746f206369746520746865"
     "6d206f74686572207468616e206173202fe2809c776f726b20696e2070726f67726573732e2fe2809d",
     "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100"
     "d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b350638"
     "3606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa115"
     "5b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
     "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709b",
     "eead9d67890cbb22392336fea1851f38"},
};

struct Implementation {
  const char* name;
  /// nullptr: not for this cipher, in this build or on this processor.
  std::function<std::unique_ptr<Aead>(const AeadKey&)> make;
};

const Implementation chosen{"the one that is chosen", [](const AeadKey& key) { return make_aead(key).value(); }};
const Implementation general{"the general one", [](const AeadKey& key) { return make_library_aead(key).value(); }};
const Implementation fast[] = {{"intel-ipsec-mb", make_multi_buffer_aead}};

std::vector<Implementation> all() {
  std::vector<Implementation> all{chosen, general};
  all.insert(all.end(), std::begin(fast), std::end(fast));
  return all;
}

/// Calls `check(aead, case)` for every case and every implementation of its cipher.
template <class Check>
void for_each_case(Check check) {
  for (const auto& implementation : all()) {
    SCOPED_TRACE(implementation.name);
    for (const auto& c : cases) {
      SCOPED_TRACE(c.tag);
      if (const auto aead = implementation.make(key_of(c.key))) check(*aead, c);
    }
  }
}

TEST(Aead, seals_as_nist_and_rfc_8439_say) {
  for_each_case([](Aead& aead, const Case& c) {
    auto text = hex(c.plain);
    Tag tag{};
    ASSERT_TRUE(aead.seal_in_place(array_of<AeadNonce>(c.nonce), hex(c.aad), text, tag));
    EXPECT_EQ(to_hex(text), c.cipher);
    EXPECT_EQ(to_hex(tag), c.tag);
  });
}

TEST(Aead, opens_as_nist_and_rfc_8439_say) {
  for_each_case([](Aead& aead, const Case& c) {
    auto text = hex(c.cipher);
    ASSERT_TRUE(aead.open(array_of<AeadNonce>(c.nonce), hex(c.aad), text, array_of<Tag>(c.tag)));
    EXPECT_EQ(to_hex(text), c.plain);
  });
}

TEST(Aead, one_object_seals_and_opens_in_any_order_even_after_a_failure) {
  for_each_case([](Aead& aead, const Case& c) {
    const auto nonce = array_of<AeadNonce>(c.nonce);
    const auto aad = hex(c.aad);
    for (int round = 0; round < 3; ++round) {
      auto text = hex(c.plain);
      Tag tag{};
      ASSERT_TRUE(aead.seal_in_place(nonce, aad, text, tag));
      EXPECT_EQ(to_hex(text), c.cipher);
      auto forged = tag;
      forged[15] ^= std::byte{1};
      EXPECT_FALSE(aead.open(nonce, aad, text, forged));
      text = hex(c.cipher);
      ASSERT_TRUE(aead.open(nonce, aad, text, tag));
      EXPECT_EQ(to_hex(text), c.plain);
    }
  });
}

TEST(Aead, notices_a_flipped_bit_anywhere) {
  const auto flipped = [](auto bytes, std::size_t bit) {
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    return bytes;
  };
  for_each_case([&](Aead& aead, const Case& c) {
    const auto expect_refused = [&](std::vector<std::byte> text, const std::vector<std::byte>& aad,
                                    const AeadNonce& number, const Tag& tag) {
      const auto opened = aead.open(number, aad, text, tag);
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code, ErrorCode::unauthenticated);
    };
    const auto text = hex(c.cipher);
    const auto aad = hex(c.aad);
    const auto number = array_of<AeadNonce>(c.nonce);
    const auto tag = array_of<Tag>(c.tag);
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) expect_refused(flipped(text, bit), aad, number, tag);
    for (std::size_t bit = 0; bit < aad.size() * 8; ++bit) expect_refused(text, flipped(aad, bit), number, tag);
    for (std::size_t bit = 0; bit < number.size() * 8; ++bit) expect_refused(text, aad, flipped(number, bit), tag);
    for (std::size_t bit = 0; bit < tag.size() * 8; ++bit) expect_refused(text, aad, number, flipped(tag, bit));
  });
}

/// At every length up to several blocks of the widest loops, and at the sizes of large packets.
void expect_same_bytes(Aead& ours, Aead& theirs) {
  std::mt19937_64 random(7);
  const auto filled = [&](std::size_t size) {
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
  };
  std::vector<std::size_t> sizes;
  for (std::size_t size = 0; size < 2100; ++size) sizes.push_back(size);
  sizes.insert(sizes.end(), {8960, 9000, 16'384, 65'467});
  for (const auto size : sizes) {
    SCOPED_TRACE(size);
    AeadNonce nonce{};
    std::ranges::copy(filled(nonce.size()), nonce.begin());
    const auto aad = filled(random() % 40);
    const auto plain = filled(size);
    auto our_text = plain, their_text = plain;
    Tag our_tag{}, their_tag{};
    ASSERT_TRUE(ours.seal_in_place(nonce, aad, our_text, our_tag));
    ASSERT_TRUE(theirs.seal_in_place(nonce, aad, their_text, their_tag));
    ASSERT_EQ(our_text, their_text);
    ASSERT_EQ(our_tag, their_tag);
    // From other memory, at an odd place.
    std::vector<std::byte> elsewhere(size + 2);
    for (auto* aead : {&ours, &theirs}) {
      Tag tag{};
      ASSERT_TRUE(aead->seal(nonce, aad, plain, std::span(elsewhere).subspan(1, size), tag));
      ASSERT_TRUE(std::ranges::equal(std::span(elsewhere).subspan(1, size), our_text));
      ASSERT_EQ(tag, our_tag);
      ASSERT_EQ(elsewhere.front(), std::byte{0});
      ASSERT_EQ(elsewhere.back(), std::byte{0});
    }
    ASSERT_TRUE(ours.open(nonce, aad, our_text, our_tag));
    ASSERT_EQ(our_text, plain);
    their_tag[random() % their_tag.size()] ^= std::byte{0x10};
    ASSERT_FALSE(ours.open(nonce, aad, their_text, their_tag));
  }
}

TEST(Aead, each_fast_implementation_gives_the_general_ones_bytes) {
  std::size_t compared = 0;
  for (const auto* key : {aes_key, cases[4].key}) {
    for (const auto& implementation : fast) {
      SCOPED_TRACE(implementation.name);
      const auto ours = implementation.make(key_of(key));
      if (ours == nullptr) continue;
      expect_same_bytes(*ours, *general.make(key_of(key)));
      ++compared;
    }
  }
  if (compared == 0) GTEST_SKIP() << "this build or processor has no other implementation than the general one";
}

}  // namespace
}  // namespace pf::crypto
