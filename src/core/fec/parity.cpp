#include "core/fec/parity.h"

#include <algorithm>
#include <cstring>

#include "core/fec/additive_fft.h"

namespace pf::fec {

void parity_of_present(const BlockShape& shape, std::span<const std::byte* const> data,
                       std::span<const std::uint8_t> present, std::size_t shard_size, WorkMemory& memory) {
  const std::size_t width = shape.width();
  memory.chunk.resize(width * shard_size);
  memory.sum.assign(width * shard_size, std::byte{0});
  const ShardRow chunk{memory.chunk.data(), shard_size};
  const ShardRow sum{memory.sum.data(), shard_size};

  // A codeword's chunks, each taken back to coefficients on its own coset, add up to zero: that is the code.
  for (std::size_t start = 0; start < data.size(); start += width) {
    const std::size_t filled = std::min(width, data.size() - start);
    for (std::size_t i = 0; i < filled; ++i) {
      if (present.empty() || present[start + i] != 0) {
        std::memcpy(chunk[i].data(), data[start + i], shard_size);
      } else {
        std::ranges::fill(chunk[i], std::byte{0});
      }
    }
    std::fill(memory.chunk.begin() + static_cast<std::ptrdiff_t>(filled * shard_size), memory.chunk.end(),
              std::byte{0});
    inverse_fft(chunk, shape.log_width, shape.data_point(start), filled);
    gf16::add(memory.chunk, memory.sum);
  }
  forward_fft(sum, shape.log_width, 0, shape.parity_count);
}

}  // namespace pf::fec
