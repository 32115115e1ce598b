// Parity from data, and lost data from parity (docs/fec.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/fec/block_shape.h"
#include "core/fec/kernels/kernels.h"
#include "core/fec/work_memory.h"

namespace pf::fec {

/// Shards are at least a column large, and of an even size.
void encode_block(const BlockShape& shape, std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                  std::size_t shard_size, const Kernels& kernels, WorkMemory& memory);

/// A block with gaps, as ReedSolomon16::decode got it, checked: at least as many parity shards are present as data
/// shards are lost, and memory.lost holds the indices of those, at least one.
struct DamagedBlock {
  BlockShape shape;
  std::span<std::byte* const> shards;     // data, then parity
  std::span<const std::uint8_t> present;  // of the same length
  std::size_t shard_size;
};

/// Work grows with the number of lost shards, not with that of parity shards.
void rebuild_block(const DamagedBlock& block, const Kernels& kernels, WorkMemory& memory);

}  // namespace pf::fec
