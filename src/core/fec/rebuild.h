// The two ways to bring lost data back. Both give the same bytes; which is cheaper depends on how much is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/fec/block_shape.h"
#include "core/fec/work_memory.h"

namespace pf::fec {

/// A block with gaps, as ReedSolomon16::decode got it, checked: `lost` is not empty, and at least as many parity shards
/// are present.
struct DamagedBlock {
  BlockShape shape;
  std::span<std::byte* const> shards;     // data, then parity
  std::span<const std::uint8_t> present;  // of the same length
  std::size_t shard_size;
  std::span<const std::uint32_t> lost;  // indices of the missing data shards, rising

  [[nodiscard]] bool has_parity(std::size_t i) const { return present[shape.data_count + i] != 0; }
  [[nodiscard]] std::span<std::byte> data(std::size_t i) const { return {shards[i], shard_size}; }
  [[nodiscard]] std::span<const std::byte> parity(std::size_t i) const {
    return {shards[shape.data_count + i], shard_size};
  }
};

/// Solves for the lost shards one by one: about lost * (data + lost) products of a shard.
void rebuild_few(const DamagedBlock& block, WorkMemory& memory);

/// By additive FFT: about (data + 3 * parity) * log(parity) products, however many are lost.
void rebuild_many(const DamagedBlock& block, WorkMemory& memory);

}  // namespace pf::fec
