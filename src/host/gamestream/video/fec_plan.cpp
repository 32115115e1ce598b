#include "host/gamestream/video/fec_plan.h"

#include <algorithm>
#include <string>

namespace pf::host::gamestream {
namespace {

constexpr unsigned max_percent = 255;  // eight bits

constexpr std::size_t divide_up(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

// The nearest that a percentage can say, not more than `parity`.
FecBlock block_of(std::size_t data, std::size_t parity) {
  const auto percent = static_cast<unsigned>(std::min<std::size_t>(parity * 100 / data, max_percent));
  return {.data = data, .parity = divide_up(data * percent, 100), .percent = percent};
}

}  // namespace

Result<FecPlan> FecPlan::make(std::size_t packets, const Wanted& wanted) {
  if (packets == 0) return fail(ErrorCode::invalid_argument, "a frame without packets");
  if (packets > max_blocks * max_bare_shards)
    return fail(ErrorCode::refused, "a frame of " + std::to_string(packets) + " packets is more than a client takes");
  const auto fits = [&](std::size_t count) {
    const auto data = divide_up(packets, count);
    return data + wanted(data) <= max_shards;
  };
  FecPlan plan;
  plan.count_ = 1;
  while (plan.count_ < max_blocks && !fits(plan.count_)) ++plan.count_;
  const auto each = divide_up(packets, plan.count_);
  for (auto& block : std::span(plan.blocks_).first(plan.count_)) {
    const auto data = std::min(each, packets);
    const auto room = max_shards - std::min(max_shards, data);
    block = block_of(data, std::min(wanted(data), room));
    packets -= data;
  }
  return plan;
}

std::size_t FecPlan::most_packets_up_to(std::size_t packets) {
  return std::clamp(packets, max_blocks * max_shards, max_blocks * max_bare_shards);
}

std::size_t FecPlan::packets() const {
  std::size_t sum = 0;
  for (const auto& block : blocks()) sum += block.data + block.parity;
  return sum;
}

}  // namespace pf::host::gamestream
