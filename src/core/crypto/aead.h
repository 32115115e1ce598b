// Authenticated encryption with associated data: AES-128-GCM (NIST SP 800-38D).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "core/base/error.h"

namespace pf::crypto {

inline constexpr std::size_t aead_key_size = 16;
inline constexpr std::size_t aead_nonce_size = 12;
inline constexpr std::size_t aead_tag_size = 16;

using AeadKey = std::array<std::byte, aead_key_size>;
using AeadNonce = std::array<std::byte, aead_nonce_size>;

class AeadBackend;

/// One key. One thread at a time. The fastest implementation that this processor runs.
class Aes128Gcm {
 public:
  static Result<Aes128Gcm> create(const AeadKey& key);
  ~Aes128Gcm();
  Aes128Gcm(const Aes128Gcm&) = delete;
  Aes128Gcm& operator=(const Aes128Gcm&) = delete;
  Aes128Gcm(Aes128Gcm&&) noexcept;
  Aes128Gcm& operator=(Aes128Gcm&&) noexcept;

  /// Encrypts `text` in place and writes the tag. A nonce must never be used twice under one key.
  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<std::byte, aead_tag_size> tag);
  /// Decrypts `text` in place. Errors: unauthenticated; `text` is then worthless and must not be looked at.
  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag);

 private:
  explicit Aes128Gcm(std::unique_ptr<AeadBackend> backend);
  std::unique_ptr<AeadBackend> backend_;
};

}  // namespace pf::crypto
