#include "core/crypto/cipher_choice.h"

#include <algorithm>

namespace pf::crypto {

using enum MediaCipher;

std::vector<MediaCipher> cipher_preference(bool aes_in_hardware) {
  if (aes_in_hardware) return {aes_128_gcm, chacha20_poly1305};
  return {chacha20_poly1305, aes_128_gcm};
}

MediaCipher choose_cipher(std::span<const MediaCipher> offered, bool aes_in_hardware) {
  // The first of them that this version knows.
  const auto aes = std::ranges::find(offered, aes_128_gcm);
  const auto chacha = std::ranges::find(offered, chacha20_poly1305);
  if (chacha == offered.end() || (aes < chacha && aes_in_hardware)) return aes_128_gcm;
  return chacha20_poly1305;
}

}  // namespace pf::crypto
