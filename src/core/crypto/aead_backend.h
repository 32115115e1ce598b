// What stands behind Aes128Gcm: the crypto library that everything else uses, or a faster one where there is one.
#pragma once

#include <memory>
#include <span>

#include "core/base/error.h"
#include "core/crypto/aead.h"

namespace pf::crypto {

/// One key. One thread at a time. The calls are Aes128Gcm's.
class AeadBackend {
 public:
  AeadBackend() = default;
  virtual ~AeadBackend() = default;
  AeadBackend(const AeadBackend&) = delete;
  AeadBackend& operator=(const AeadBackend&) = delete;

  virtual Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                            std::span<std::byte, aead_tag_size> tag) = 0;
  virtual Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                            std::span<const std::byte, aead_tag_size> tag) = 0;
};

/// OpenSSL's or libgcrypt's. Errors: internal.
Result<std::unique_ptr<AeadBackend>> make_library_aead(const AeadKey& key);

/// Intel's multi-buffer library, whose calls cost a fraction of those of the general libraries. nullptr where this
/// build or this processor does without.
std::unique_ptr<AeadBackend> make_multi_buffer_aead(const AeadKey& key);

}  // namespace pf::crypto
