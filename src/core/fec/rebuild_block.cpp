#include <algorithm>
#include <bit>
#include <cstring>

#include "core/fec/block.h"
#include "core/fec/strips.h"

namespace pf::fec {
namespace {

using gf16::Element;

/// Parity points start .. start + 2^log_size - 1, at least as many of them present as data is lost.
struct Window {
  unsigned log_size;
  std::uint32_t start;
  [[nodiscard]] std::size_t size() const { return std::size_t{1} << log_size; }
};

// Any aligned power of two of parity points will do, as all of them together would; the smaller, the less work.
Window smallest_window(const DamagedBlock& block, WorkMemory& memory) {
  const auto& shape = block.shape;
  memory.parity_before.assign(shape.width() + 1, 0);
  for (std::size_t i = 0; i < shape.width(); ++i) {
    const bool present = i < shape.parity_count && block.present[shape.data_count + i] != 0;
    memory.parity_before[i + 1] = memory.parity_before[i] + (present ? 1 : 0);
  }
  for (auto log_size = static_cast<unsigned>(std::bit_width(memory.lost.size() - 1)); log_size < shape.log_width;
       ++log_size) {
    const std::size_t size = std::size_t{1} << log_size;
    for (std::size_t start = 0; start < shape.width(); start += size) {
      if (memory.parity_before[start + size] - memory.parity_before[start] >= memory.lost.size())
        return {log_size, static_cast<std::uint32_t>(start)};
    }
  }
  return {shape.log_width, 0};
}

// memory.logs: for each parity point of the window, then for each lost data shard, the logarithm of the product of its
// distances to all gaps but itself, gaps being lost data and the window's missing parity.
void locate_gaps(const DamagedBlock& block, const Window& window, const Kernels& kernels, WorkMemory& memory) {
  memory.gaps.clear();
  memory.places.clear();
  for (std::uint32_t i = window.start; i < window.start + window.size(); ++i) {
    if (memory.parity_before[i] == memory.parity_before[i + 1]) memory.gaps.push_back(i);
    memory.places.push_back(i);
  }
  for (const auto index : memory.lost) {
    memory.gaps.push_back(block.shape.data_point(index));
    memory.places.push_back(block.shape.data_point(index));
  }
  memory.logs.resize(memory.places.size());
  memory.locator.locate(memory.gaps, memory.places, std::bit_ceil(block.shape.points()), memory.logs, kernels);
}

// The data that arrived, in chunks of the window's size. The vanishing polynomial of all parity points, which is part
// of every data shard's weight, and that of the window differ on such a chunk by a factor.
Chunks arrived_data(const DamagedBlock& block, const Window& window, WorkMemory& memory) {
  const auto& shape = block.shape;
  memory.zeros.resize(std::max(memory.zeros.size(), block.shard_size));
  memory.sources.resize(shape.data_count);
  for (std::size_t i = 0; i < shape.data_count; ++i)
    memory.sources[i] = block.present[i] != 0 ? block.shards[i] : memory.zeros.data();
  memory.factors.clear();
  for (std::size_t start = 0; start < shape.data_count; start += window.size()) {
    const std::uint32_t point = shape.data_point(start);
    memory.factors.push_back(gf16::multiply(gf16::point(point >> shape.log_width),
                                            gf16::inverse(gf16::point((point ^ window.start) >> window.log_size))));
  }
  return {.shards = memory.sources.data(),
          .count = shape.data_count,
          .first_point = shape.data_point(0),
          .shift = window.start,
          .log_size = window.log_size,
          .factors = window.log_size == shape.log_width ? nullptr : memory.factors.data(),
          .zeros = memory.zeros.data()};
}

}  // namespace

// With the data that arrived taken out, parity at point r says the sum over lost d of a(d) / (r + d), where
// a(d) = s(d) * lost(d). Times the product of r's distances to all gaps this is a polynomial z of a degree below the
// window's size, it is zero at the parity points that are gaps, and at a lost point d it is a(d) times the product of
// d's distances to all other gaps. So: values of z in the window, to coefficients, to values at the lost points.
void rebuild_block(const DamagedBlock& block, const Kernels& kernels, WorkMemory& memory) {
  const auto& shape = block.shape;
  const Window window = smallest_window(block, memory);
  locate_gaps(block, window, kernels, memory);
  const Chunks chunks = arrived_data(block, window, memory);

  // In front of each place of all chunks, the last one filled up.
  memory.lost_before.resize(memory.factors.size() * window.size() + 1);
  auto lost = memory.lost.begin();
  for (std::uint32_t i = 0; i < memory.lost_before.size(); ++i) {
    memory.lost_before[i] = static_cast<std::uint32_t>(lost - memory.lost.begin());
    if (lost != memory.lost.end() && *lost == i) ++lost;
  }

  const Strips strips(block.shard_size, window.size(), memory.columns);
  memory.rows.reserve(window.size() * strips.width() * column_bytes);
  memory.sum.reserve(window.size() * strips.width() * column_bytes);
  strips.for_each([&](const Strip& strip) {
    const std::size_t row_bytes = strip.columns * column_bytes;
    std::byte* const z = memory.sum.data();
    std::byte* const rows = memory.rows.data();
    kernels.sum_coefficients(chunks, strip, rows, z);
    kernels.values(z, z, window.log_size, 0, memory.parity_before.data() + window.start, strip.columns);
    for (std::size_t i = 0; i < window.size(); ++i) {
      const std::size_t parity = window.start + i;
      if (memory.parity_before[parity] != memory.parity_before[parity + 1]) {
        kernels.multiply_sum(z + i * row_bytes, block.shards[shape.data_count + parity], strip,
                             gf16::power(memory.logs[i]));
      } else {
        std::memset(z + i * row_bytes, 0, row_bytes);
      }
    }
    kernels.coefficients(z, window.log_size, strip.columns);

    for (std::size_t i = 0; i < memory.lost.size();) {
      const std::size_t start = memory.lost[i] >> window.log_size << window.log_size;
      kernels.values(z, rows, window.log_size, shape.data_point(start) ^ window.start,
                     memory.lost_before.data() + start, strip.columns);
      for (; i < memory.lost.size() && memory.lost[i] < start + window.size(); ++i) {
        const auto index = memory.lost[i];
        const std::uint32_t log_divisor =
            memory.logs[window.size() + i] + gf16::log(gf16::point(shape.data_point(index) >> shape.log_width));
        kernels.multiply_into(block.shards[index], rows + (index - start) * row_bytes, strip,
                              gf16::power(2 * gf16::group_order - log_divisor));
      }
    }
  });
}

}  // namespace pf::fec
