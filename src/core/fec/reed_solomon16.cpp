#include "core/fec/reed_solomon16.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/fec/parity.h"
#include "core/fec/rebuild.h"

namespace pf::fec {
namespace {

Result<void> check(std::size_t data_count, std::size_t parity_count, std::size_t shard_size) {
  if (!block_fits(data_count, parity_count))
    return fail(ErrorCode::invalid_argument, "an FEC block of this shape does not exist");
  if (shard_size == 0 || shard_size % 2 != 0) return fail(ErrorCode::invalid_argument, "an FEC shard has an even size");
  return {};
}

// In products of a shard by a constant; a butterfly of an FFT costs about one.
bool few_is_cheaper(const BlockShape& shape, std::size_t lost) {
  const std::size_t chunks_with_loss = std::min(lost, (shape.data_count + shape.width() - 1) / shape.width());
  const std::size_t fft = (shape.data_count + (2 + chunks_with_loss) * shape.width()) * shape.log_width / 2;
  return lost * (shape.data_count + lost) <= fft + shape.points();
}

}  // namespace

bool block_fits(std::size_t data_count, std::size_t parity_count) {
  if (data_count == 0 || data_count > max_block_shards || parity_count > max_block_shards) return false;
  if (parity_count == 0) return true;
  return data_count + parity_count <= max_block_shards && std::bit_ceil(parity_count) + data_count <= 65'536;
}

struct ReedSolomon16::Workspace : WorkMemory {};

ReedSolomon16::ReedSolomon16() : workspace_(std::make_unique<Workspace>()) {}
ReedSolomon16::~ReedSolomon16() = default;
ReedSolomon16::ReedSolomon16(ReedSolomon16&&) noexcept = default;
ReedSolomon16& ReedSolomon16::operator=(ReedSolomon16&&) noexcept = default;

Result<void> ReedSolomon16::encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                                   std::size_t shard_size) {
  if (auto ok = check(data.size(), parity.size(), shard_size); !ok) return ok;
  if (parity.empty()) return {};
  parity_of_present({data.size(), parity.size()}, data, {}, shard_size, *workspace_);
  for (std::size_t i = 0; i < parity.size(); ++i)
    std::memcpy(parity[i], workspace_->sum.data() + i * shard_size, shard_size);
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

  const DamagedBlock block{.shape = {data_count, parity_count},
                           .shards = shards,
                           .present = present,
                           .shard_size = shard_size,
                           .lost = memory.lost};
  if (few_is_cheaper(block.shape, memory.lost.size())) {
    rebuild_few(block, memory);
  } else {
    rebuild_many(block, memory);
  }
  return {};
}

}  // namespace pf::fec
