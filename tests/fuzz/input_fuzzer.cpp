// What a client's user does, from a client that lies: records on the stream, and datagrams.
#include <cstdint>
#include <span>

#include "core/wire/input_events.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

void check_records(std::span<const std::byte> bytes) {
  wire::InputFramer framer;
  if (!framer.push(bytes)) return;
  while (const auto record = framer.next()) {
    const auto event = wire::decode_input(*record);
    if (!event || !*event) continue;
    const auto again = wire::encode_input(**event);
    const auto same = wire::decode_input(std::span(again).subspan(2));
    fuzz::require(same && *same && **same == **event);
  }
}

void check_datagram(std::span<const std::byte> bytes) {
  const auto datagram = wire::decode_datagram(bytes);
  if (!datagram || !*datagram) return;
  const auto same = wire::decode_datagram(wire::encode_datagram(**datagram));
  fuzz::require(same && *same && **same == **datagram);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check_records(bytes);
  check_datagram(bytes);
  return 0;
}
