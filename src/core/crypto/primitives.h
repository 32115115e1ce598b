// What the protocol code asks of a crypto library. One implementation is built: OpenSSL, or libgcrypt where Debian has
// no OpenSSL for the target (mingw-w64). Above this header nothing knows which.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "core/base/error.h"
#include "core/crypto/hash.h"

namespace pf::crypto {

/// scrypt (RFC 7914) with N = 2^14, r = 8, p = 1: 16 MiB and some 50 ms.
Result<void> scrypt(std::span<const std::byte> password, std::span<const std::byte> salt, std::span<std::byte> out);

/// Overwrites a secret in a way that the compiler does not remove.
void wipe(std::span<std::byte> secret);

inline constexpr std::size_t p256_scalar_size = 32;
inline constexpr std::size_t p256_point_size = 65;
using P256Scalar = std::array<std::byte, p256_scalar_size>;  // big-endian, below the group's order
using P256Point = std::array<std::byte, p256_point_size>;    // 04, x, y (SEC 1, section 2.3.3)

/// A big-endian number of any length modulo the order of P-256.
Result<P256Scalar> p256_reduce(std::span<const std::byte> number);
/// A uniform scalar other than zero.
Result<P256Scalar> p256_random_scalar();

/// Bytes from outside to a point. Errors: malformed (anything but the one uncompressed encoding of a point of the
/// curve).
Result<P256Point> p256_decode(std::span<const std::byte> bytes);

/// a*G + b*P. Errors: malformed (P is no point, or the sum is infinity).
Result<P256Point> p256_base_plus(const P256Scalar& a, const P256Scalar& b, const P256Point& p);
/// a*(P - b*Q), which is a*P + (-(a*b))*Q. Errors: malformed.
Result<P256Point> p256_difference_times(const P256Scalar& a, const P256Point& p, const P256Scalar& b,
                                        const P256Point& q);

}  // namespace pf::crypto
