#include "core/fec/strips.h"

#include <algorithm>

namespace pf::fec {
namespace {

// What a strip's rows should take: the nearest caches of today hold 32 KiB and more, and there are two sets of rows.
constexpr std::size_t near_bytes = std::size_t{16} * 1024;
// Up to so many rows two columns are better than one all the same, as memory gives neighbouring lines together.
constexpr std::size_t rows_of_two_columns = 256;

}  // namespace

Strips::Strips(std::size_t shard_size, std::size_t rows, std::vector<std::size_t>& memory) : high_(shard_size / 2) {
  const std::size_t count = columns_of(shard_size);
  memory.resize(count);
  for (std::size_t i = 0; i < count; ++i) memory[i] = std::min(i * column_symbols, high_ - column_symbols);
  columns_ = memory;
  const std::size_t least = rows <= rows_of_two_columns ? 2 : 1;
  width_ = std::min(count, std::max(near_bytes / (rows * column_bytes), least));
}

std::size_t Strips::most_bytes(std::size_t rows) {
  return std::max({near_bytes, std::min(rows, rows_of_two_columns) * 2 * column_bytes, rows * column_bytes});
}

}  // namespace pf::fec
