// AES-128 as GameStream uses it where the core's own AEAD does not fit: GCM with the 16-byte IV of old control streams,
// and CBC for sound.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "host/gamestream/launch.h"

struct evp_cipher_ctx_st;

namespace pf::host::gamestream {

inline constexpr std::size_t gcm_tag_size = 16;

/// GCM with an IV of 12 or 16 bytes and no associated data; encrypts `text` in place and writes the tag.
/// Errors: internal.
Result<void> gcm_seal(const StreamKey& key, std::span<const std::byte> iv, std::span<std::byte> text,
                      std::span<std::byte, gcm_tag_size> tag);
/// Decrypts `text` in place. Errors: unauthenticated, and `text` is then worthless; internal.
Result<void> gcm_open(const StreamKey& key, std::span<const std::byte> iv, std::span<std::byte> text,
                      std::span<const std::byte, gcm_tag_size> tag);

/// CBC with PKCS #7 padding, many texts by one key. One thread. A text takes no memory where `out` has it.
class CbcEncryptor {
 public:
  /// Errors: internal.
  static Result<CbcEncryptor> create(const StreamKey& key);
  /// Into `out`, which keeps its memory. Errors: internal.
  Result<void> encrypt(std::span<const std::byte, 16> iv, std::span<const std::byte> text, std::vector<std::byte>& out);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;
  explicit CbcEncryptor(Context context) : context_(std::move(context)) {}
  Context context_;
};

}  // namespace pf::host::gamestream
