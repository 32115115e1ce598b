// Which points of the field the shards of a block sit at (docs/fec.md).
#pragma once

#include <cstddef>
#include <cstdint>

namespace pf::fec {

/// Parity shard i is the value at the point i. Parity has all points below a power of two, sent or not; data shard i
/// sits at that power plus i.
struct BlockShape {
  std::size_t data_count;
  std::size_t parity_count;
  unsigned log_width;  // of the points that parity has: the smallest power of two that holds it

  BlockShape(std::size_t data, std::size_t parity);
  [[nodiscard]] std::size_t width() const { return std::size_t{1} << log_width; }
  [[nodiscard]] std::uint32_t data_point(std::size_t i) const { return static_cast<std::uint32_t>(width() + i); }
  [[nodiscard]] std::size_t points() const { return width() + data_count; }
};

}  // namespace pf::fec
