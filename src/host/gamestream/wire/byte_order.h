// Numbers at fixed places of a packet. GameStream mixes both byte orders; the core's Reader and Writer know one of
// them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pf::host::gamestream {

/// `bytes` has at least sizeof(T) of them.
template <std::unsigned_integral T>
[[nodiscard]] T load_be(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = (value << 8) | std::to_integer<std::uint64_t>(bytes[i]);
  return static_cast<T>(value);
}

template <std::unsigned_integral T>
void store_be(std::span<std::byte> bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * (sizeof(T) - 1 - i)));
}

template <std::unsigned_integral T>
void store_le(std::span<std::byte> bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
}

}  // namespace pf::host::gamestream
