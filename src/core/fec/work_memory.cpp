#include "core/fec/work_memory.h"

#include <algorithm>
#include <bit>

#include "core/fec/strips.h"

namespace pf::fec {
namespace {

constexpr std::size_t largest_shard = 65'536;
constexpr std::size_t most_points = 65'536;

}  // namespace

void WorkMemory::reserve(std::size_t data_count, std::size_t parity_points) {
  const std::size_t lost_most = std::min(data_count, parity_points);
  const std::size_t strip = Strips::most_bytes(parity_points);
  rows.reserve(strip);
  sum.reserve(strip);
  zeros.reserve(largest_shard);
  columns.reserve(Strips::columns_of(largest_shard));
  sources.reserve(data_count);
  factors.reserve(data_count);
  lost.reserve(lost_most);
  lost_before.reserve(data_count + parity_points + 1);
  parity_before.reserve(parity_points + 1);
  gaps.reserve(parity_points + lost_most);
  places.reserve(parity_points + lost_most);
  logs.reserve(parity_points + lost_most);
  locator.reserve(std::min(std::bit_ceil(parity_points + data_count), most_points));
}

}  // namespace pf::fec
