// What a user types where a host is wanted, taken apart; and any address, printed and read again. No name is looked up.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/net/address.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

void check_text(std::string_view text) {
  const auto parts = net::split_host_port(text, 47900);
  if (!parts) {
    fuzz::require(parts.error().code == ErrorCode::invalid_argument);
    return;
  }
  fuzz::require(parts->host.size() <= text.size() && parts->host.find('\0') == std::string::npos);
  // In brackets, host and port are told apart whatever they are.
  const auto again = net::split_host_port("[" + parts->host + "]:" + std::to_string(parts->port), 1);
  const bool room = parts->host.size() < 200 && parts->host.find(']') == std::string::npos;
  if (room) fuzz::require(again.has_value() && *again == *parts);
}

void check_address(std::span<const std::byte> bytes) {
  wire::Reader in(bytes);
  net::Address address;
  const bool v6 = (in.read<std::uint8_t>() & 1u) != 0;
  address.port = in.read<std::uint16_t>();
  for (std::size_t i = 0; i < (v6 ? 16u : 4u); ++i) address.bytes[i] = in.read<std::uint8_t>();
  if (v6) {
    address.family = net::Address::Family::v6;
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::equal(mapped.begin(), mapped.end(), address.bytes.begin())) return;  // is held as IPv4
  }
  const auto read = net::resolve(address.to_string(), 1);  // numbers: nobody is asked
  fuzz::require(read.has_value() && !read->empty() && read->front() == address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_text({reinterpret_cast<const char*>(data), size});
  check_address(std::as_bytes(std::span(data, size)));
  return 0;
}
