#include "core/session/unit_limit.h"

#include <algorithm>

#include "core/fec/reed_solomon16.h"

namespace pf::session {
namespace {

constexpr std::size_t bytes_for_a_pixel = 2;
constexpr std::size_t block = 64;  // the largest that HEVC and AV1 (without its 128) code a picture in
// Large frames fill their datagrams, so that a datagram of 560 bytes suffices for the largest. Small frames have shards
// of half a datagram, but few.
constexpr std::size_t least_shard = 512;
// Media and the control stream share a path: what was sent before the answer is there or lost by then.
constexpr std::chrono::seconds on_the_way{1};

constexpr std::size_t round_up(std::size_t side) {
  return (side + block - 1) / block * block;
}

}  // namespace

std::size_t max_unit_for(const Mode& mode) {
  return std::clamp(bytes_for_a_pixel * round_up(mode.width) * round_up(mode.height), least_max_unit, most_max_unit);
}

std::size_t max_data_shards_for(std::size_t max_unit) {
  return std::min(std::max(max_unit, least_max_unit) / least_shard, fec::max_block_shards);
}

void UnitLimit::asked(std::uint32_t request, const Mode& mode) {
  asked_ = std::max(asked_, max_unit_for(mode));
  newest_request_ = request;
}

void UnitLimit::answered(std::uint32_t request, const Mode& in_force, TimePoint now) {
  if (asked_ == 0) return;
  settle(in_force, now);
  if (request == newest_request_) asked_ = 0;
}

void UnitLimit::settle(const Mode& in_force, TimePoint now) {
  before_ = bytes(now);
  before_until_ = now + on_the_way;
  in_force_ = max_unit_for(in_force);
}

std::size_t UnitLimit::bytes(TimePoint now) const {
  return std::max({in_force_, asked_, now < before_until_ ? before_ : 0});
}

}  // namespace pf::session
