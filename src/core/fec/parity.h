// The code itself: what parity is, given data (docs/fec.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/fec/block_shape.h"
#include "core/fec/work_memory.h"

namespace pf::fec {

/// Leaves the block's parity shards, one behind the other, in memory.sum. Data shard i is taken for zero where
/// `present` says that it is missing; an empty `present` says that all are there.
void parity_of_present(const BlockShape& shape, std::span<const std::byte* const> data,
                       std::span<const std::uint8_t> present, std::size_t shard_size, WorkMemory& memory);

}  // namespace pf::fec
