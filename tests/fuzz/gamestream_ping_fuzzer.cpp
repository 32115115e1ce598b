// Datagrams on the media ports.
#include <cstdint>
#include <span>

#include "fuzz/require.h"
#include "host/gamestream/stream/ping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  const auto ping = host::gamestream::parse_ping(std::as_bytes(std::span(data, size)));
  if (ping) fuzz::require(ping->token.empty() ? size == 4 : size == 20 && ping->token.size() == 16);
  return 0;
}
