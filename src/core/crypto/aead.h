// Authenticated encryption with associated data: AES-128-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <variant>

#include "core/base/error.h"

namespace pf::crypto {

inline constexpr std::size_t aead_nonce_size = 12;
inline constexpr std::size_t aead_tag_size = 16;

using Aes128GcmKey = std::array<std::byte, 16>;
using ChaCha20Poly1305Key = std::array<std::byte, 32>;
/// A key knows its cipher.
using AeadKey = std::variant<Aes128GcmKey, ChaCha20Poly1305Key>;
using AeadNonce = std::array<std::byte, aead_nonce_size>;

/// One key. One thread at a time.
class Aead {
 public:
  Aead() = default;
  virtual ~Aead() = default;
  Aead(const Aead&) = delete;
  Aead& operator=(const Aead&) = delete;

  /// Encrypts `plain` into `text`, which has its size and is the same memory or apart from it, and writes the tag. A
  /// nonce must never be used twice under one key. Errors: internal.
  virtual Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<const std::byte> plain,
                            std::span<std::byte> text, std::span<std::byte, aead_tag_size> tag) = 0;
  Result<void> seal_in_place(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                             std::span<std::byte, aead_tag_size> tag) {
    return seal(nonce, aad, text, text, tag);
  }
  /// Decrypts `text` in place. Errors: unauthenticated, internal; `text` is then worthless and must not be looked at.
  virtual Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                            std::span<const std::byte, aead_tag_size> tag) = 0;
};

/// The fastest implementation that this processor runs. Errors: internal.
Result<std::unique_ptr<Aead>> make_aead(const AeadKey& key);

}  // namespace pf::crypto
