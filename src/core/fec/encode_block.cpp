#include <algorithm>

#include "core/fec/block.h"
#include "core/fec/strips.h"

namespace pf::fec {

void encode_block(const BlockShape& shape, std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                  std::size_t shard_size, const Kernels& kernels, WorkMemory& memory) {
  const std::size_t width = shape.width();
  const Strips strips(shard_size, width, memory.columns);
  memory.zeros.resize(std::max(memory.zeros.size(), shard_size));
  // A codeword's chunks, each taken to coefficients on its own coset, add up to zero: that is the code.
  const Chunks chunks{.shards = data.data(),
                      .count = data.size(),
                      .first_point = shape.data_point(0),
                      .shift = 0,
                      .log_size = shape.log_width,
                      .factors = nullptr,
                      .zeros = memory.zeros.data()};
  if (shape.log_width <= small_log) {
    strips.for_each([&](const Strip& strip) { kernels.small_parity(chunks, strip, parity.data(), parity.size()); });
    return;
  }

  memory.rows.reserve(width * strips.width() * column_bytes);
  memory.sum.reserve(width * strips.width() * column_bytes);
  strips.for_each([&](const Strip& strip) {
    std::byte* const rows = memory.sum.data();
    kernels.sum_coefficients(chunks, strip, memory.rows.data(), rows);
    kernels.parity(rows, shape.log_width, strip, parity.data(), parity.size());
  });
}

}  // namespace pf::fec
