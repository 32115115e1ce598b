// An IP address and port, the same for IPv4 and IPv6.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace pf::net {

/// IPv4 is held as v4; an IPv4-mapped IPv6 address never appears.
struct Address {
  enum class Family : std::uint8_t { v4, v6 };
  Family family = Family::v4;
  std::array<std::uint8_t, 16> bytes{};  // network order; v4 uses the first four
  std::uint32_t scope = 0;               // interface index of a link-local v6 address
  std::uint16_t port = 0;                // host order
  auto operator<=>(const Address&) const = default;

  /// "192.0.2.1:47900" or "[2001:db8::1]:47900".
  [[nodiscard]] std::string to_string() const;
  static Address v4_any(std::uint16_t port);
  static Address v6_any(std::uint16_t port);
  static Address any_of(Family family, std::uint16_t port);
  static Address v4_loopback(std::uint16_t port);
  static Address v6_loopback(std::uint16_t port);
};

/// What resolve() looks up.
struct HostPort {
  std::string host;  // numbers or a name, without brackets; nobody has looked whether there is such a host
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

/// "box", "box:47900", "[::1]:47900", "[::1]" or "::1" taken apart; a bare IPv6 address has no port.
/// Errors: invalid_argument.
Result<HostPort> split_host_port(std::string_view text, std::uint16_t default_port);

/// Numbers or a name, with or without a port ("box", "box:47900", "[::1]:47900", "::1"). Blocks while a name is looked
/// up. Errors: invalid_argument, not_found.
Result<std::vector<Address>> resolve(std::string_view text, std::uint16_t default_port);

}  // namespace pf::net
