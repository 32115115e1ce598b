#include "core/fec/reed_solomon16.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "core/fec/additive_fft.h"
#include "core/fec/gf16.h"

namespace pf::fec {
namespace {

using gf16::Element;

/// Parity shards sit at the points 0 .. parity-1, data shard i at the point 2^log_parity + i.
unsigned log_parity_of(std::size_t parity_count) {
  return static_cast<unsigned>(std::countr_zero(std::bit_ceil(std::max<std::size_t>(parity_count, 1))));
}

Result<void> check(std::size_t data_count, std::size_t parity_count, std::size_t shard_size) {
  if (!block_fits(data_count, parity_count))
    return fail(ErrorCode::invalid_argument, "an FEC block of this shape does not exist");
  if (shard_size == 0 || shard_size % 2 != 0) return fail(ErrorCode::invalid_argument, "an FEC shard has an even size");
  return {};
}

std::span<const std::byte> view(const std::byte* shard, std::size_t size) {
  return {shard, size};
}

}  // namespace

bool block_fits(std::size_t data_count, std::size_t parity_count) {
  if (data_count == 0 || data_count > max_block_shards || parity_count > max_block_shards) return false;
  if (parity_count == 0) return true;
  return data_count + parity_count <= max_block_shards && std::bit_ceil(parity_count) + data_count <= 65'536;
}

struct ReedSolomon16::Workspace {
  std::vector<std::byte> chunk;      // one chunk of data on its way through the inverse FFT
  std::vector<std::byte> sum;        // the coefficients of all chunks, added up
  std::vector<std::uint32_t> lost;   // points of the data shards that are missing
  std::vector<std::uint32_t> rows;   // points of the parity shards that stand in for them
  std::vector<std::byte> syndromes;  // what each of those parity shards says about the lost ones alone
  std::vector<Element> scale;        // G(row, data) = scale[data] / (row + data)
};

ReedSolomon16::ReedSolomon16() : workspace_(std::make_unique<Workspace>()) {}
ReedSolomon16::~ReedSolomon16() = default;
ReedSolomon16::ReedSolomon16(ReedSolomon16&&) noexcept = default;
ReedSolomon16& ReedSolomon16::operator=(ReedSolomon16&&) noexcept = default;

Result<void> ReedSolomon16::encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                                   std::size_t shard_size) {
  if (auto ok = check(data.size(), parity.size(), shard_size); !ok) return ok;
  if (parity.empty()) return {};
  const unsigned log = log_parity_of(parity.size());
  const std::size_t width = std::size_t{1} << log;
  workspace_->chunk.resize(width * shard_size);
  workspace_->sum.assign(width * shard_size, std::byte{0});
  const ShardRow chunk{workspace_->chunk.data(), shard_size};
  const ShardRow sum{workspace_->sum.data(), shard_size};

  // A codeword's chunks, each taken back to coefficients on its own coset, add up to zero: that is the code.
  for (std::size_t start = 0; start < data.size(); start += width) {
    const std::size_t filled = std::min(width, data.size() - start);
    for (std::size_t i = 0; i < filled; ++i) std::memcpy(chunk[i].data(), data[start + i], shard_size);
    std::fill(workspace_->chunk.begin() + static_cast<std::ptrdiff_t>(filled * shard_size), workspace_->chunk.end(),
              std::byte{0});
    inverse_fft(chunk, log, static_cast<std::uint32_t>(width + start));
    gf16::add(workspace_->chunk, workspace_->sum);
  }
  forward_fft(sum, log, 0, parity.size());
  for (std::size_t i = 0; i < parity.size(); ++i) std::memcpy(parity[i], sum[i].data(), shard_size);
  return {};
}

// Parity at point r is the sum over data points d of G(r, d) * data(d), with G(r, d) = s(d) / (s' * (r + d)) where s
// vanishes on the parity points (docs/fec.md derives it). Lost data therefore solves a Cauchy system, whose inverse is
// known in closed form.
Result<void> ReedSolomon16::decode(std::span<std::byte* const> shards, std::span<const std::uint8_t> present,
                                   std::size_t data_count, std::size_t shard_size) {
  if (shards.size() != present.size() || shards.size() < data_count) {
    return fail(ErrorCode::invalid_argument, "an FEC block with fewer shards than data");
  }
  const std::size_t parity_count = shards.size() - data_count;
  if (auto ok = check(data_count, parity_count, shard_size); !ok) return ok;
  auto& w = *workspace_;
  const unsigned log = log_parity_of(parity_count);
  const auto first_data = std::uint32_t{1} << log;

  w.lost.clear();
  w.rows.clear();
  for (std::size_t i = 0; i < data_count; ++i) {
    if (present[i] == 0) w.lost.push_back(first_data + static_cast<std::uint32_t>(i));
  }
  if (w.lost.empty()) return {};
  for (std::size_t i = 0; i < parity_count && w.rows.size() < w.lost.size(); ++i) {
    if (present[data_count + i] != 0) w.rows.push_back(static_cast<std::uint32_t>(i));
  }
  const std::size_t count = w.lost.size();
  if (w.rows.size() < count)
    return fail(ErrorCode::exhausted, "more shards of an FEC block are lost than parity can rebuild");

  // What the rows say once the data that did arrive is taken out.
  const Element by_slope = gf16::inverse(vanishing_slope(log));
  w.scale.resize(data_count);
  for (std::size_t i = 0; i < data_count; ++i) {
    w.scale[i] = gf16::multiply(vanishing_at(log, first_data + static_cast<std::uint32_t>(i)), by_slope);
  }
  w.syndromes.resize(count * shard_size);
  const ShardRow syndromes{w.syndromes.data(), shard_size};
  for (std::size_t r = 0; r < count; ++r) {
    std::memcpy(syndromes[r].data(), shards[data_count + w.rows[r]], shard_size);
    for (std::size_t i = 0; i < data_count; ++i) {
      if (present[i] == 0) continue;
      const auto sum = static_cast<Element>(w.rows[r] ^ (first_data + i));
      gf16::Multiplier(gf16::multiply(w.scale[i], gf16::inverse(sum)))
          .add_product(view(shards[i], shard_size), syndromes[r]);
    }
  }

  // Inverse of the Cauchy matrix 1 / (x_r + y_d) (Schechter 1959): entry (d, r) is
  //   prod_k (x_k + y_d) * prod_k (x_r + y_k) / ((x_r + y_d) * prod_{k != r} (x_r + x_k) * prod_{k != d} (y_d + y_k)).
  const auto product_over = [](std::span<const std::uint32_t> points, std::uint32_t from) {
    Element product = 1;
    for (const auto point : points) {
      if (point != from) product = gf16::multiply(product, static_cast<Element>(point ^ from));
    }
    return product;
  };
  for (std::size_t d = 0; d < count; ++d) {
    const auto y = w.lost[d];
    const auto index = y - first_data;
    const std::span<std::byte> out(shards[index], shard_size);
    std::fill(out.begin(), out.end(), std::byte{0});
    const Element column =
        gf16::multiply(product_over(w.rows, y), gf16::inverse(gf16::multiply(product_over(w.lost, y), w.scale[index])));
    for (std::size_t r = 0; r < count; ++r) {
      const auto x = w.rows[r];
      const Element row = gf16::multiply(product_over(w.lost, x), gf16::inverse(product_over(w.rows, x)));
      const Element entry = gf16::multiply(gf16::multiply(column, row), gf16::inverse(static_cast<Element>(x ^ y)));
      gf16::Multiplier(entry).add_product(syndromes[r], out);
    }
  }
  return {};
}

}  // namespace pf::fec
