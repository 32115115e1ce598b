// What clients send to the video and sound ports, so that the host learns where to send.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace pf::host::gamestream {

/// 16 characters that SETUP gave out.
inline constexpr std::size_t ping_token_size = 16;

struct Ping {
  std::string token;  // empty: an old client's, which is `PING` alone
};

/// nullopt: no ping.
[[nodiscard]] std::optional<Ping> parse_ping(std::span<const std::byte> datagram);

}  // namespace pf::host::gamestream
