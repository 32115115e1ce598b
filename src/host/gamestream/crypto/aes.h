// AES-128 as GameStream uses it where the core's own AEAD does not fit: GCM with the 16-byte IV of old control streams,
// and CBC for sound.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

inline constexpr std::size_t gcm_tag_size = 16;

/// GCM with an IV of 12 or 16 bytes and no associated data; encrypts `text` in place and writes the tag.
/// Errors: internal.
Result<void> gcm_seal(const StreamKey& key, std::span<const std::byte> iv, std::span<std::byte> text,
                      std::span<std::byte, gcm_tag_size> tag);
/// Decrypts `text` in place. Errors: unauthenticated, and `text` is then worthless; internal.
Result<void> gcm_open(const StreamKey& key, std::span<const std::byte> iv, std::span<std::byte> text,
                      std::span<const std::byte, gcm_tag_size> tag);

/// CBC with PKCS #7 padding, into `out`, which keeps its memory. Errors: internal.
Result<void> cbc_encrypt(const StreamKey& key, std::span<const std::byte, 16> iv, std::span<const std::byte> text,
                         std::vector<std::byte>& out);

}  // namespace pf::host::gamestream
