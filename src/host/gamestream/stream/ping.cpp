#include "host/gamestream/stream/ping.h"

#include <string_view>

namespace pf::host::gamestream {
namespace {

constexpr std::size_t sequence_size = 4;
constexpr std::string_view old_ping = "PING";

}  // namespace

std::optional<Ping> parse_ping(std::span<const std::byte> datagram) {
  const std::string_view text(reinterpret_cast<const char*>(datagram.data()), datagram.size());
  if (text == old_ping) return Ping{};
  if (text.size() != ping_token_size + sequence_size) return std::nullopt;
  return Ping{std::string(text.substr(0, ping_token_size))};
}

}  // namespace pf::host::gamestream
