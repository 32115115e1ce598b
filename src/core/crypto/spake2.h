// SPAKE2 over P-256 with SHA-256, HKDF and HMAC (RFC 9382): two sides that share a PIN agree on a key, and a stranger
// who does not know the PIN learns nothing but whether one guess was right.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/error.h"
#include "core/crypto/hash.h"

namespace pf::crypto {

inline constexpr std::size_t spake2_share_size = 65;  // uncompressed point

enum class Spake2Role { a, b };  // the client is A, the host is B

struct Spake2Identity {
  std::span<const std::byte> a;    // the client's certificate fingerprint
  std::span<const std::byte> b;    // the host's certificate fingerprint
  std::span<const std::byte> aad;  // further associated data for the confirmation keys
};

struct Spake2Keys {
  Digest own_confirmation;           // to be sent
  Digest expected_confirmation;      // to be compared in constant time with what the peer sends
  std::array<std::byte, 16> shared;  // Ke
};

/// 40 bytes, to be read as a big-endian number modulo P-256's order: scrypt (RFC 7914) of the PIN with N = 16,384,
/// r = 8 and p = 1. Errors: invalid_argument (no PIN or no salt), internal (not the 16 MiB that it takes).
using Spake2Secret = std::array<std::byte, 40>;
Result<Spake2Secret> spake2_secret_from_pin(std::string_view pin, std::span<const std::byte> salt);

class Spake2 {
 public:
  /// `fixed_scalar` (32 bytes, big-endian) is for the RFC's vectors alone; real runs leave it empty.
  static Result<Spake2> create(Spake2Role role, const Spake2Secret& secret,
                               std::span<const std::byte> fixed_scalar = {});
  /// As above with w given directly (32 bytes, big-endian, below the order): for the RFC's vectors.
  static Result<Spake2> create_with_w(Spake2Role role, std::span<const std::byte, 32> w,
                                      std::span<const std::byte> fixed_scalar = {});
  ~Spake2();
  Spake2(const Spake2&) = delete;
  Spake2& operator=(const Spake2&) = delete;
  Spake2(Spake2&&) noexcept;
  Spake2& operator=(Spake2&&) noexcept;

  [[nodiscard]] const std::array<std::byte, spake2_share_size>& share() const;
  /// Errors: malformed (not a point of the curve, or the point at infinity).
  Result<Spake2Keys> finish(std::span<const std::byte> peer_share, const Spake2Identity& identity) const;

 private:
  struct State;
  explicit Spake2(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::crypto
