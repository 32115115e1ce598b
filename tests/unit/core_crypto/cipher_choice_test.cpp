#include "core/crypto/cipher_choice.h"

#include <gtest/gtest.h>

#include <utility>

namespace pf::crypto {
namespace {

using enum MediaCipher;

MediaCipher chosen(const std::vector<MediaCipher>& offered, bool aes_in_hardware) {
  return choose_cipher(offered, aes_in_hardware);
}

TEST(CipherChoice, aes_where_both_sides_have_it_in_hardware_and_chacha20_where_one_has_not) {
  for (const bool client : {false, true})
    for (const bool host : {false, true})
      EXPECT_EQ(chosen(cipher_preference(client), host), client && host ? aes_128_gcm : chacha20_poly1305);
}

TEST(CipherChoice, a_client_gets_what_it_can) {
  for (const bool host : {false, true}) {
    EXPECT_EQ(chosen({aes_128_gcm}, host), aes_128_gcm);
    EXPECT_EQ(chosen({chacha20_poly1305}, host), chacha20_poly1305);
    EXPECT_EQ(chosen({}, host), aes_128_gcm);
  }
}

TEST(CipherChoice, ciphers_of_later_versions_are_passed_over) {
  constexpr auto unknown = static_cast<MediaCipher>(77);
  EXPECT_EQ(chosen({unknown}, true), aes_128_gcm);
  EXPECT_EQ(chosen({unknown, aes_128_gcm, chacha20_poly1305}, true), aes_128_gcm);
  EXPECT_EQ(chosen({unknown, chacha20_poly1305, aes_128_gcm}, true), chacha20_poly1305);
}

}  // namespace
}  // namespace pf::crypto
