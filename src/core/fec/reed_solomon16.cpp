#include "core/fec/reed_solomon16.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/fec/block.h"

namespace pf::fec {
namespace {

Result<void> check(std::size_t data_count, std::size_t parity_count, std::size_t shard_size) {
  if (!block_fits(data_count, parity_count))
    return fail(ErrorCode::invalid_argument, "an FEC block of this shape does not exist");
  if (shard_size == 0 || shard_size % 2 != 0) return fail(ErrorCode::invalid_argument, "an FEC shard has an even size");
  return {};
}

// Of a power of two of parity points and at least one of data within the field.
constexpr std::size_t most_parity_points = 32'768;

// Symbols of a shard that is no larger than a column, spread out to one, and back.
void spread(std::byte* column, const std::byte* shard, std::size_t shard_size) {
  std::memcpy(column, shard, shard_size / 2);
  std::memcpy(column + column_symbols, shard + shard_size / 2, shard_size / 2);
}
void gather(std::byte* shard, const std::byte* column, std::size_t shard_size) {
  std::memcpy(shard, column, shard_size / 2);
  std::memcpy(shard + shard_size / 2, column + column_symbols, shard_size / 2);
}

}  // namespace

bool block_fits(std::size_t data_count, std::size_t parity_count) {
  if (data_count == 0 || data_count > max_block_shards || parity_count > max_block_shards) return false;
  if (parity_count == 0) return true;
  return data_count + parity_count <= max_block_shards && std::bit_ceil(parity_count) + data_count <= 65'536;
}

struct ReedSolomon16::Workspace : WorkMemory {
  explicit Workspace(const Kernels& fastest) : kernels(fastest) {}

  void reserve(std::size_t data_count, std::size_t parity_count) {
    const std::size_t shards = std::min(data_count + parity_count, max_block_shards);
    WorkMemory::reserve(data_count, std::min(std::bit_ceil(parity_count), most_parity_points));
    small_shards.reserve(shards * column_bytes);
    columns_of_shards.reserve(shards);
  }

  /// Room for `count` columns, and a pointer to each.
  std::span<std::byte* const> spread_out(std::size_t count) {
    small_shards.reserve(count * column_bytes);
    columns_of_shards.resize(count);
    for (std::size_t i = 0; i < count; ++i) columns_of_shards[i] = small_shards.data() + i * column_bytes;
    return columns_of_shards;
  }

  const Kernels& kernels;
  AlignedBytes small_shards;
  std::vector<std::byte*> columns_of_shards;
};

ReedSolomon16::ReedSolomon16() : ReedSolomon16(*usable_kernels().front()) {}
ReedSolomon16::ReedSolomon16(const Kernels& kernels) : workspace_(std::make_unique<Workspace>(kernels)) {}
ReedSolomon16::~ReedSolomon16() = default;
ReedSolomon16::ReedSolomon16(ReedSolomon16&&) noexcept = default;
ReedSolomon16& ReedSolomon16::operator=(ReedSolomon16&&) noexcept = default;

void ReedSolomon16::reserve(std::size_t data_count, std::size_t parity_count) {
  workspace_->reserve(data_count, parity_count);
}

Result<void> ReedSolomon16::encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                                   std::size_t shard_size) {
  if (auto ok = check(data.size(), parity.size(), shard_size); !ok) return ok;
  if (parity.empty()) return {};
  auto& memory = *workspace_;
  const BlockShape shape(data.size(), parity.size());
  if (shard_size >= column_bytes) {
    encode_block(shape, data, parity, shard_size, memory.kernels, memory);
    return {};
  }
  const auto columns = memory.spread_out(data.size() + parity.size());
  for (std::size_t i = 0; i < data.size(); ++i) spread(columns[i], data[i], shard_size);
  const auto parity_columns = columns.subspan(data.size());
  memory.sources.assign(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(data.size()));
  encode_block(shape, memory.sources, parity_columns, column_bytes, memory.kernels, memory);
  for (std::size_t i = 0; i < parity.size(); ++i) gather(parity[i], parity_columns[i], shard_size);
  return {};
}

Result<void> ReedSolomon16::decode(std::span<std::byte* const> shards, std::span<const std::uint8_t> present,
                                   std::size_t data_count, std::size_t shard_size) {
  if (shards.size() != present.size() || shards.size() < data_count)
    return fail(ErrorCode::invalid_argument, "an FEC block with fewer shards than data");
  const std::size_t parity_count = shards.size() - data_count;
  if (auto ok = check(data_count, parity_count, shard_size); !ok) return ok;

  auto& memory = *workspace_;
  memory.lost.clear();
  for (std::size_t i = 0; i < data_count; ++i) {
    if (present[i] == 0) memory.lost.push_back(static_cast<std::uint32_t>(i));
  }
  if (memory.lost.empty()) return {};
  const auto missing_parity = static_cast<std::size_t>(std::ranges::count(present.subspan(data_count), 0));
  if (memory.lost.size() + missing_parity > parity_count)
    return fail(ErrorCode::exhausted, "more shards of an FEC block are lost than parity can rebuild");

  const BlockShape shape(data_count, parity_count);
  if (shard_size >= column_bytes) {
    rebuild_block({shape, shards, present, shard_size}, memory.kernels, memory);
    return {};
  }
  const auto columns = memory.spread_out(shards.size());
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (present[i] != 0) spread(columns[i], shards[i], shard_size);
  }
  rebuild_block({shape, columns, present, column_bytes}, memory.kernels, memory);
  for (const auto index : memory.lost) gather(shards[index], columns[index], shard_size);
  return {};
}

}  // namespace pf::fec
