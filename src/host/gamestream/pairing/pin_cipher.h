// AES-128 in ECB without padding under a key that is made of the PIN: how GameStream's pairing carries its proofs.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace pf::host::gamestream {

inline constexpr std::size_t pin_block = 16;  // bytes: of the cipher, of salts, secrets and challenges
using PinBlock = std::array<std::byte, pin_block>;

class PinCipher {
 public:
  /// The key is the first half of SHA-256(salt, PIN), as from generation 7 of the protocol on.
  PinCipher(const PinBlock& salt, std::string_view pin);
  /// Errors: malformed (not a whole number of blocks, or none); internal.
  [[nodiscard]] Result<std::vector<std::byte>> encrypt(std::span<const std::byte> text) const;
  [[nodiscard]] Result<std::vector<std::byte>> decrypt(std::span<const std::byte> text) const;

 private:
  [[nodiscard]] Result<std::vector<std::byte>> run(std::span<const std::byte> text, bool encrypting) const;
  PinBlock key_{};
};

}  // namespace pf::host::gamestream
