#include "host/linux/encode/annexb.h"

#include <algorithm>
#include <array>

namespace pf::host::annexb {
namespace {

constexpr std::array start_code{std::byte{0}, std::byte{0}, std::byte{1}};
constexpr unsigned last_slice_type = 5;  // H.264, table 7-1: 1 to 5 are slices
constexpr unsigned sei_type = 6;

using Position = std::span<std::byte>::iterator;

// Where the NAL unit's start code begins, with the zero byte that may stand in front of it.
Position next_start(Position from, Position end) {
  const auto found = std::search(from, end, start_code.begin(), start_code.end());
  return found != end && found != from && *(found - 1) == std::byte{0} ? found - 1 : found;
}

unsigned type_at(Position start, Position end) {
  const auto header = std::find(start, end, std::byte{1});
  return end - header > 1 ? std::to_integer<unsigned>(header[1]) & 0x1f : 0;
}

}  // namespace

std::span<std::byte> without_sei(std::span<std::byte> unit) {
  auto end = unit.end();
  auto at = next_start(unit.begin(), end);
  while (at != end) {
    const unsigned type = type_at(at, end);
    if (type >= 1 && type <= last_slice_type) break;
    const auto next = next_start(std::find(at, end, std::byte{1}), end);
    if (type == sei_type) {
      end = std::move(next, end, at);
    } else {
      at = next;
    }
  }
  return unit.first(static_cast<std::size_t>(end - unit.begin()));
}

}  // namespace pf::host::annexb
