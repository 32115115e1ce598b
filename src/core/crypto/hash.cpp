#include "core/crypto/hash.h"

#include <algorithm>
#include <vector>

#include "core/crypto/primitives.h"

namespace pf::crypto {

void hkdf_expand_sha256(std::span<const std::byte> prk, std::span<const std::byte> info, std::span<std::byte> out) {
  std::vector<std::byte> block;
  Digest previous{};
  std::size_t previous_size = 0;
  for (std::uint8_t counter = 1; !out.empty(); ++counter) {
    block.assign(previous.begin(), previous.begin() + static_cast<std::ptrdiff_t>(previous_size));
    block.insert(block.end(), info.begin(), info.end());
    block.push_back(std::byte{counter});
    previous = hmac_sha256(prk, block);
    previous_size = previous.size();
    const auto used = std::min(out.size(), previous.size());
    std::copy_n(previous.begin(), used, out.begin());
    out = out.subspan(used);
  }
  wipe(previous);
  wipe(block);
}

void hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> salt, std::span<const std::byte> info,
                 std::span<std::byte> out) {
  static constexpr Digest no_salt{};
  Digest prk = hmac_sha256(salt.empty() ? std::span<const std::byte>(no_salt) : salt, secret);
  hkdf_expand_sha256(prk, info, out);
  wipe(prk);
}

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

Result<std::vector<std::byte>> from_hex(std::string_view hex) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::vector<std::byte> bytes;
  if (hex.size() % 2 != 0) return fail(ErrorCode::malformed, "hexadecimal text has an odd number of digits");
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::malformed, "text is not hexadecimal");
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

}  // namespace pf::crypto
