#include <algorithm>
#include <bit>

#include "core/fec/additive_fft.h"
#include "core/fec/locator.h"
#include "core/fec/parity.h"
#include "core/fec/rebuild.h"

namespace pf::fec {
namespace {

using gf16::Element;

// memory.gaps: for each point of the block the logarithm of the product of its distances to all gaps but itself, gaps
// being lost data and every parity point without a shard.
void locate_gaps(const DamagedBlock& block, WorkMemory& memory) {
  memory.gaps.assign(std::bit_ceil(block.shape.points()), 0);
  for (std::size_t i = 0; i < block.shape.width(); ++i)
    memory.gaps[i] = i < block.shape.parity_count && block.has_parity(i) ? 0 : 1;
  for (const auto index : block.lost) memory.gaps[block.shape.data_point(index)] = 1;
  locate(memory.gaps, memory.logs);
}

void set_product(std::span<std::byte> out, Element factor, std::span<const std::byte> in) {
  std::ranges::fill(out, std::byte{0});
  gf16::Multiplier(factor).add_product(in, out);
}

}  // namespace

// With the data that arrived taken out, parity at point r says the sum over lost d of a(d) / (r + d), where
// a(d) = lost(d) * s(d) / s'. Times the product of r's distances to all gaps this is a polynomial z of a degree below
// the parity points' number, it is zero at the parity points that are gaps, and at a lost point d it is a(d) times the
// product of d's distances to all other gaps. So: values of z at the parity points, to coefficients, to values at the
// lost points.
void rebuild_many(const DamagedBlock& block, WorkMemory& memory) {
  const auto& shape = block.shape;
  const std::size_t width = shape.width();
  locate_gaps(block, memory);
  parity_of_present(shape, {block.shards.data(), shape.data_count}, block.present.first(shape.data_count),
                    block.shard_size, memory);
  const ShardRow z{memory.chunk.data(), block.shard_size};
  const ShardRow values{memory.sum.data(), block.shard_size};

  for (std::size_t i = 0; i < width; ++i) {
    if (i < shape.parity_count && block.has_parity(i)) {
      gf16::add(block.parity(i), values[i]);
      set_product(z[i], gf16::power_of_x(memory.gaps[i]), values[i]);
    } else {
      std::ranges::fill(z[i], std::byte{0});
    }
  }
  inverse_fft(z, shape.log_width, 0, shape.parity_count);

  const std::uint32_t log_slope = gf16::log(vanishing_slope(shape.log_width));
  for (std::size_t first = 0; first < block.lost.size();) {
    const std::size_t start = block.lost[first] >> shape.log_width << shape.log_width;
    std::size_t last = first;
    while (last + 1 < block.lost.size() && block.lost[last + 1] < start + width) ++last;
    std::ranges::copy(memory.chunk, memory.sum.begin());
    forward_fft(values, shape.log_width, shape.data_point(start), block.lost[last] - start + 1);
    for (; first <= last; ++first) {
      const auto index = block.lost[first];
      const auto point = shape.data_point(index);
      const auto log_divisor = memory.gaps[point] + gf16::log(vanishing_at(shape.log_width, point));
      const auto factor = gf16::power_of_x(log_slope + 2 * gf16::group_order - log_divisor);
      set_product(block.data(index), factor, values[index - start]);
    }
  }
}

}  // namespace pf::fec
