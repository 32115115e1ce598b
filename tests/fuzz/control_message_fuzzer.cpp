// The control stream as it comes from the network, in pieces. What is understood is said again, and understood alike.
#include <algorithm>
#include <cstdint>
#include <span>

#include "core/wire/control_messages.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

void check(std::span<const std::byte> record) {
  const auto message = wire::decode_control(record);
  if (!message || !*message) return;
  const auto again = wire::encode_control(**message);
  fuzz::require(again.size() <= 4 + wire::max_control_message);
  const auto same = wire::decode_control(std::span(again).subspan(4));
  fuzz::require(same && *same && **same == **message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  auto rest = std::as_bytes(std::span(data, size)).subspan(1);
  wire::ControlFramer framer;
  while (!rest.empty()) {
    const auto head = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(head.size());
    if (!framer.push(head)) return 0;
    while (const auto record = framer.next()) check(*record);
  }
  return 0;
}
