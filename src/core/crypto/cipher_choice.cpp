#include "core/crypto/cipher_choice.h"

#include <algorithm>
#include <string>

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

Result<void> check_choice(std::span<const MediaCipher> offered, MediaCipher chosen) {
  if (std::ranges::find(offered, chosen) != offered.end()) return {};
  return fail(ErrorCode::malformed,
              "the host wants to seal the stream by a cipher that was not offered: " + std::string(to_string(chosen)));
}

}  // namespace pf::crypto
