// SHA-256 and what is built on it, secure random bytes, comparison in constant time.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace pf::crypto {

using Digest = std::array<std::byte, 32>;

Digest sha256(std::span<const std::byte> data);
/// RFC 2104.
Digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data);
/// RFC 5869; fills `out`, at most 8,160 bytes.
void hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> salt, std::span<const std::byte> info,
                 std::span<std::byte> out);
/// RFC 5869, section 2.3 alone, for a secret that is uniform already.
void hkdf_expand_sha256(std::span<const std::byte> prk, std::span<const std::byte> info, std::span<std::byte> out);

/// From the operating system's generator. Ends the process when there is none: nothing here is safe without.
void random_bytes(std::span<std::byte> out);

/// Time depends on the sizes alone.
bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

std::string to_hex(std::span<const std::byte> bytes);
/// Errors: malformed.
Result<std::vector<std::byte>> from_hex(std::string_view hex);

}  // namespace pf::crypto
