// How a block is cut into strips (kernels/kernels.h), and what a transform needs to know about its shards.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/fec/kernels/kernels.h"

namespace pf::fec {

/// The strips of shards of at least one column. Where a shard is not a whole number of columns, the last one overlaps
/// the one before it, and the same bytes come out twice.
class Strips {
 public:
  /// `rows` is how many rows a strip's work takes. `memory` holds the columns for as long as this lives.
  Strips(std::size_t shard_size, std::size_t rows, std::vector<std::size_t>& memory);

  /// The most that the rows of a strip take, of up to `rows` rows, a power of two, and shards of any size.
  [[nodiscard]] static std::size_t most_bytes(std::size_t rows);
  /// Into how many columns a shard falls.
  [[nodiscard]] static std::size_t columns_of(std::size_t shard_size) {
    return (shard_size / 2 + column_symbols - 1) / column_symbols;
  }
  /// The largest strip's columns.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Calls do_strip(Strip) for each.
  template <class Do>
  void for_each(Do&& do_strip) const {
    for (std::size_t first = 0; first < columns_.size(); first += width_)
      do_strip(Strip{columns_.data() + first, std::min(width_, columns_.size() - first), high_});
  }

 private:
  std::span<const std::size_t> columns_;
  std::size_t width_;
  std::size_t high_;
};

}  // namespace pf::fec
