#include <algorithm>

#include "core/fec/additive_fft.h"
#include "core/fec/rebuild.h"

namespace pf::fec {
namespace {

using gf16::Element;

// The product of the distances from `from` to every other one of `points`.
Element distances(std::span<const std::uint32_t> points, std::uint32_t from) {
  Element product = 1;
  for (const auto point : points) {
    if (point != from) product = gf16::multiply(product, static_cast<Element>(point ^ from));
  }
  return product;
}

}  // namespace

// Parity at point r is the sum over data points d of G(r, d) * data(d), with G(r, d) = s(d) / (s' * (r + d)) where s
// vanishes on the parity points (docs/fec.md derives it). Lost data therefore solves a Cauchy system, whose inverse is
// known in closed form.
void rebuild_few(const DamagedBlock& block, WorkMemory& memory) {
  const auto& shape = block.shape;
  const std::size_t count = block.lost.size();
  memory.rows.clear();
  for (std::size_t i = 0; memory.rows.size() < count; ++i) {
    if (block.has_parity(i)) memory.rows.push_back(static_cast<std::uint32_t>(i));
  }

  // What the rows say once the data that did arrive is taken out.
  const Element by_slope = gf16::inverse(vanishing_slope(shape.log_width));
  memory.scale.resize(shape.data_count);
  for (std::size_t i = 0; i < shape.data_count; ++i)
    memory.scale[i] = gf16::multiply(vanishing_at(shape.log_width, shape.data_point(i)), by_slope);
  memory.syndromes.resize(count * block.shard_size);
  const ShardRow syndromes{memory.syndromes.data(), block.shard_size};
  for (std::size_t r = 0; r < count; ++r) {
    std::ranges::copy(block.parity(memory.rows[r]), syndromes[r].begin());
    for (std::size_t i = 0; i < shape.data_count; ++i) {
      if (block.present[i] == 0) continue;
      const auto distance = static_cast<Element>(memory.rows[r] ^ shape.data_point(i));
      gf16::Multiplier(gf16::multiply(memory.scale[i], gf16::inverse(distance)))
          .add_product(block.data(i), syndromes[r]);
    }
  }

  // Inverse of the Cauchy matrix 1 / (x_r + y_d) (Schechter 1959): entry (d, r) is
  //   prod_k (x_k + y_d) * prod_k (x_r + y_k) / ((x_r + y_d) * prod_{k != r} (x_r + x_k) * prod_{k != d} (y_d + y_k)).
  memory.gaps.clear();
  for (const auto index : block.lost) memory.gaps.push_back(shape.data_point(index));
  for (std::size_t d = 0; d < count; ++d) {
    const auto y = memory.gaps[d];
    const auto index = block.lost[d];
    const auto out = block.data(index);
    std::ranges::fill(out, std::byte{0});
    const Element column = gf16::multiply(
        distances(memory.rows, y), gf16::inverse(gf16::multiply(distances(memory.gaps, y), memory.scale[index])));
    for (std::size_t r = 0; r < count; ++r) {
      const auto x = memory.rows[r];
      const Element row = gf16::multiply(distances(memory.gaps, x), gf16::inverse(distances(memory.rows, x)));
      const Element entry = gf16::multiply(gf16::multiply(column, row), gf16::inverse(static_cast<Element>(x ^ y)));
      gf16::Multiplier(entry).add_product(syndromes[r], out);
    }
  }
}

}  // namespace pf::fec
