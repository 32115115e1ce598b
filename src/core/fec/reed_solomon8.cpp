#include "core/fec/reed_solomon8.h"

#include <algorithm>
#include <array>

#include "core/fec/kernels/gf8_products.h"
#include "core/fec/kernels/kernels.h"

namespace pf::fec {
namespace {

constexpr std::size_t audio_data = 4;
constexpr std::size_t audio_parity = 2;
constexpr std::size_t most_weights = (max_block_shards8 / 2) * (max_block_shards8 / 2 + 1);
constexpr std::array<gf8::Element, audio_data * audio_parity> audio_weights = {0x77, 0x40, 0x38, 0x0E,
                                                                               0xC7, 0xA7, 0x0D, 0x6C};

constexpr auto inverses = [] {
  std::array<gf8::Element, 256> all{};
  for (unsigned i = 0; i < 256; ++i) all[i] = gf8::inverse(static_cast<gf8::Element>(i));
  return all;
}();

gf8::Element product(gf8::Element a, gf8::Element b) {
  const auto& products = nibble_products.of[a];
  return static_cast<gf8::Element>(products[b & 15u] ^ products[16 + (b >> 4)]);
}

void scale(std::span<gf8::Element> row, gf8::Element by) {
  for (auto& entry : row) entry = product(by, entry);
}

void add_product(std::span<gf8::Element> row, std::span<const gf8::Element> other, gf8::Element by) {
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<gf8::Element>(row[i] ^ product(by, other[i]));
}

// Gauss and Jordan; every square part of the codes' matrices can be inverted.
void invert(std::span<gf8::Element> matrix, std::span<gf8::Element> inverse, std::size_t size) {
  const auto row = [size](std::span<gf8::Element> of, std::size_t i) { return of.subspan(i * size, size); };
  std::ranges::fill(inverse, gf8::Element{0});
  for (std::size_t i = 0; i < size; ++i) inverse[i * size + i] = 1;
  for (std::size_t pivot = 0; pivot < size; ++pivot) {
    auto from = pivot;
    while (from + 1 < size && matrix[from * size + pivot] == 0) ++from;
    if (from != pivot) {
      std::ranges::swap_ranges(row(matrix, pivot), row(matrix, from));
      std::ranges::swap_ranges(row(inverse, pivot), row(inverse, from));
    }
    const auto by = inverses[matrix[pivot * size + pivot]];
    scale(row(matrix, pivot), by);
    scale(row(inverse, pivot), by);
    for (std::size_t i = 0; i < size; ++i) {
      if (i == pivot) continue;
      const auto factor = matrix[i * size + pivot];
      add_product(row(matrix, i), row(matrix, pivot), factor);
      add_product(row(inverse, i), row(inverse, pivot), factor);
    }
  }
}

}  // namespace

ReedSolomon8::ReedSolomon8(GameStreamCode code) : ReedSolomon8(code, *usable_kernels().front()) {}
ReedSolomon8::ReedSolomon8(GameStreamCode code, const Kernels& kernels) : code_(code), kernels_(&kernels) {
  weights_.reserve(code == GameStreamCode::audio ? audio_weights.size() : most_weights);
}

gf8::Element ReedSolomon8::weight(std::size_t parity, std::size_t data) const {
  if (code_ == GameStreamCode::audio) return audio_weights[parity * audio_data + data];
  return inverses[parity ^ (parity_count_ + data)];
}

Result<void> ReedSolomon8::take_shape(std::size_t data_count, std::size_t parity_count, std::size_t shard_size) {
  const bool exists = code_ == GameStreamCode::audio
                          ? data_count == audio_data && parity_count == audio_parity
                          : data_count > 0 && data_count <= max_block_shards8 && parity_count <= max_block_shards8 &&
                                data_count + parity_count <= max_block_shards8;
  if (!exists) return fail(ErrorCode::invalid_argument, "an FEC block of this shape does not exist");
  if (shard_size == 0) return fail(ErrorCode::invalid_argument, "an FEC shard is not empty");
  if (data_count == data_count_ && parity_count == parity_count_) return {};
  data_count_ = data_count;
  parity_count_ = parity_count;
  weights_.resize(data_count * parity_count);
  for (std::size_t r = 0; r < parity_count; ++r) {
    for (std::size_t i = 0; i < data_count; ++i) weights_[r * data_count + i] = weight(r, i);
  }
  return {};
}

Result<void> ReedSolomon8::encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                                  std::size_t shard_size) {
  if (auto ok = take_shape(data.size(), parity.size(), shard_size); !ok) return ok;
  kernels_->multiply_matrix(weights_.data(), parity.size(), data.size(), data.data(), parity.data(), shard_size);
  return {};
}

// What is there are k shards: the data that arrived and, in place of each lost shard, a row of parity. A row says
//   parity = its weights times the data that arrived + its weights times the lost data,
// so the lost data is the inverse of the latter times (the former + parity).
void ReedSolomon8::find_recipes(std::span<const std::uint8_t> present) {
  const std::size_t count = lost_.size();
  system_.resize(count * count);
  inverse_.resize(count * count);
  known_.assign(count * data_count_, 0);
  recipes_.resize(count * data_count_);
  known_rows_.clear();
  recipe_rows_.clear();
  for (std::size_t r = 0; r < count; ++r) {
    const auto weights = std::span(weights_).subspan(rows_[r] * data_count_, data_count_);
    for (std::size_t i = 0; i < count; ++i) {
      system_[r * count + i] = weights[lost_[i]];
      known_[r * data_count_ + lost_[i]] = r == i ? 1 : 0;
    }
    for (std::size_t i = 0; i < data_count_; ++i) {
      if (present[i] != 0) known_[r * data_count_ + i] = weights[i];
    }
    known_rows_.push_back(reinterpret_cast<const std::byte*>(&known_[r * data_count_]));
    recipe_rows_.push_back(reinterpret_cast<std::byte*>(&recipes_[r * data_count_]));
  }
  invert(system_, inverse_, count);
  kernels_->multiply_matrix(inverse_.data(), count, count, known_rows_.data(), recipe_rows_.data(), data_count_);
}

Result<void> ReedSolomon8::decode(std::span<std::byte* const> shards, std::span<const std::uint8_t> present,
                                  std::size_t data_count, std::size_t shard_size) {
  if (shards.size() != present.size() || shards.size() < data_count)
    return fail(ErrorCode::invalid_argument, "an FEC block with fewer shards than data");
  if (auto ok = take_shape(data_count, shards.size() - data_count, shard_size); !ok) return ok;

  lost_.clear();
  rows_.clear();
  for (std::size_t i = 0; i < data_count; ++i) {
    if (present[i] == 0) lost_.push_back(i);
  }
  for (std::size_t r = 0; r < parity_count_ && rows_.size() < lost_.size(); ++r) {
    if (present[data_count + r] != 0) rows_.push_back(r);
  }
  if (rows_.size() < lost_.size())
    return fail(ErrorCode::exhausted, "more shards of an FEC block are lost than parity can rebuild");
  if (lost_.empty()) return {};

  find_recipes(present);
  sources_.assign(shards.begin(), shards.begin() + static_cast<std::ptrdiff_t>(data_count));
  targets_.clear();
  for (std::size_t i = 0; i < lost_.size(); ++i) {
    sources_[lost_[i]] = shards[data_count + rows_[i]];
    targets_.push_back(shards[lost_[i]]);
  }
  kernels_->multiply_matrix(recipes_.data(), lost_.size(), data_count, sources_.data(), targets_.data(), shard_size);
  return {};
}

}  // namespace pf::fec
