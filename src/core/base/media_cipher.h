// What media packets are sealed with.
#pragma once

#include <cstdint>
#include <string_view>

namespace pf {

enum class MediaCipher : std::uint8_t { aes_128_gcm = 1, chacha20_poly1305 = 2 };

/// As the RFCs write it.
constexpr std::string_view to_string(MediaCipher cipher) {
  switch (cipher) {
    case MediaCipher::aes_128_gcm: return "AES-128-GCM";
    case MediaCipher::chacha20_poly1305: return "ChaCha20-Poly1305";
  }
  return "an unknown cipher";
}

}  // namespace pf
