#include "core/net/address.h"

#include <charconv>
#include <cstring>

#include "core/net/socket_api.h"

namespace pf::net {
namespace {

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (ec != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid_argument, "'" + std::string(text) + "' is not a port number");
  }
  return port;
}

}  // namespace

Result<HostPort> split_host_port(std::string_view text, std::uint16_t default_port) {
  constexpr std::size_t longest_name = 255 + 8;  // RFC 1035's limit and a port
  if (text.empty() || text.size() > longest_name)
    return fail(ErrorCode::invalid_argument, "a host name has 1 to 255 characters");
  if (text.find('\0') != std::string_view::npos)
    return fail(ErrorCode::invalid_argument, "a host name holds no zero bytes");  // the system would stop reading there
  if (text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos)
      return fail(ErrorCode::invalid_argument, "'" + std::string(text) + "' lacks a closing bracket");
    HostPort parts{std::string(text.substr(1, close - 1)), default_port};
    const auto rest = text.substr(close + 1);
    if (rest.empty()) return parts;
    if (rest.front() != ':')
      return fail(ErrorCode::invalid_argument, "'" + std::string(text) + "' is not [address]:port");
    const auto port = parse_port(rest.substr(1));
    if (!port) return std::unexpected(port.error());
    parts.port = *port;
    return parts;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return HostPort{std::string(text), default_port};
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  return HostPort{std::string(text.substr(0, colon)), *port};
}

std::string Address::to_string() const {
  sockaddr_storage raw{};
  const auto size = to_sockaddr(*this, raw);
  char host[NI_MAXHOST] = "?";
  getnameinfo(reinterpret_cast<const sockaddr*>(&raw), size, host, sizeof(host), nullptr, 0, NI_NUMERICHOST);
  const std::string text(host);
  return (family == Family::v6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

Address Address::v4_any(std::uint16_t port) {
  return {.family = Family::v4, .port = port};
}
Address Address::v6_any(std::uint16_t port) {
  return {.family = Family::v6, .port = port};
}
Address Address::any_of(Family family, std::uint16_t port) {
  return family == Family::v4 ? v4_any(port) : v6_any(port);
}

Address Address::v4_loopback(std::uint16_t port) {
  return {.family = Family::v4, .bytes = {127, 0, 0, 1}, .port = port};
}

Address Address::v6_loopback(std::uint16_t port) {
  Address address{.family = Family::v6, .port = port};
  address.bytes[15] = 1;
  return address;
}

Result<std::vector<Address>> resolve(std::string_view text, std::uint16_t default_port) {
  const auto parts = split_host_port(text, default_port);
  if (!parts) return std::unexpected(parts.error());
  start_sockets();
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(parts->host.c_str(), nullptr, &hints, &list);
  std::vector<Address> found;
  for (const auto* entry = list; failed == 0 && entry != nullptr; entry = entry->ai_next) {
    auto address = from_sockaddr(*entry->ai_addr);
    address.port = parts->port;
    found.push_back(address);
  }
  if (list != nullptr) freeaddrinfo(list);
  if (found.empty()) return fail(ErrorCode::not_found, "there is no host named '" + parts->host + "'");
  return found;
}

socklen_t to_sockaddr(const Address& address, sockaddr_storage& out) {
  out = {};
  if (address.family == Address::Family::v4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.bytes.data(), 4);
    return sizeof(v4);
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  v6.sin6_scope_id = address.scope;
  std::memcpy(&v6.sin6_addr, address.bytes.data(), 16);
  return sizeof(v6);
}

socklen_t to_mapped_sockaddr(const Address& address, sockaddr_storage& out) {
  if (address.family == Address::Family::v6) return to_sockaddr(address, out);
  // RFC 4291, section 2.5.5.2: ::ffff:a.b.c.d
  Address mapped{.family = Address::Family::v6, .port = address.port};
  mapped.bytes[10] = mapped.bytes[11] = 0xFF;
  std::memcpy(mapped.bytes.data() + 12, address.bytes.data(), 4);
  return to_sockaddr(mapped, out);
}

Address from_sockaddr(const sockaddr& raw) {
  Address address;
  if (raw.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(raw);
    address.port = ntohs(v4.sin_port);
    std::memcpy(address.bytes.data(), &v4.sin_addr, 4);
    return address;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(raw);
  address = from_in6(v6.sin6_addr);
  address.port = ntohs(v6.sin6_port);
  if (address.family == Address::Family::v6) address.scope = v6.sin6_scope_id;
  return address;
}

Address from_in6(const in6_addr& raw) {
  Address address;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&raw);
  if (IN6_IS_ADDR_V4MAPPED(&raw)) {
    std::memcpy(address.bytes.data(), bytes + 12, 4);
    return address;
  }
  address.family = Address::Family::v6;
  std::memcpy(address.bytes.data(), bytes, 16);
  return address;
}

}  // namespace pf::net
