#include "core/fec/strips.h"

#include <algorithm>
#include <cstring>

namespace pf::fec {
namespace {

// Rows of a strip that are worked on together; the nearest caches of today hold 32 KiB and more.
constexpr std::size_t near_bytes = std::size_t{16} * 1024;

}  // namespace

Strips::Strips(std::size_t shard_size, std::size_t rows, std::vector<std::size_t>& memory) : high_(shard_size / 2) {
  const std::size_t count = (high_ + column_symbols - 1) / column_symbols;
  memory.resize(count);
  for (std::size_t i = 0; i < count; ++i) memory[i] = std::min(i * column_symbols, high_ - column_symbols);
  columns_ = memory;
  width_ = std::clamp<std::size_t>(near_bytes / (rows * column_bytes), 1, count);
}

void store_row(std::byte* shard, const std::byte* row, const Strip& strip) {
  for (std::size_t i = 0; i < strip.columns; ++i, row += column_bytes) {
    std::memcpy(shard + strip.low[i], row, column_symbols);
    std::memcpy(shard + strip.low[i] + strip.high, row + column_symbols, column_symbols);
  }
}

}  // namespace pf::fec
