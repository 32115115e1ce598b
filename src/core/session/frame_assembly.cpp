#include "core/session/frame_assembly.h"

#include <cstring>
#include <utility>

namespace pf::session {

FrameAssembly::FrameAssembly() {
  present_.reserve(fec::max_block_shards);
}

void FrameAssembly::start(const wire::MediaHeader& header, std::size_t shard_size, UnitBytes block) {
  header_ = header;
  shard_size_ = shard_size;
  received_ = 0;
  data_received_ = 0;
  block_ = std::move(block);
  present_.assign(std::size_t{header.data_shards} + header.parity_shards, 0);
}

bool FrameAssembly::agrees(const wire::MediaHeader& header, std::size_t shard_size) const {
  return shard_size == shard_size_ && header.data_shards == header_.data_shards &&
         header.parity_shards == header_.parity_shards && header.flags == header_.flags &&
         header.timestamp_us == header_.timestamp_us;
}

void FrameAssembly::add(std::uint16_t shard, std::span<const std::byte> payload) {
  if (whole() || present_[shard] != 0) return;
  present_[shard] = 1;
  ++received_;
  if (shard < header_.data_shards) ++data_received_;
  std::memcpy(block_.data() + shard * shard_size_, payload.data(), shard_size_);
}

Result<wire::UnitPrefix> FrameAssembly::assemble(fec::ReedSolomon16& codec, std::vector<std::byte*>& shards,
                                                 UnitBytes& unit) {
  if (needs_parity()) {
    shards.clear();
    for (std::size_t i = 0; i < present_.size(); ++i) shards.push_back(block_.data() + i * shard_size_);
    if (auto ok = codec.decode(shards, present_, header_.data_shards, shard_size_); !ok)
      return std::unexpected(ok.error());
  }
  const std::size_t carried = header_.data_shards * shard_size_;
  const auto parsed = wire::parse_unit_prefix(std::span(block_.data(), carried));
  if (!parsed) return std::unexpected(parsed.error());
  const std::size_t size = parsed->prefix.unit_size;
  if (size == 0) return fail(ErrorCode::malformed, "a video unit without content");
  if (size > carried - parsed->size) {
    return fail(ErrorCode::malformed, "a video unit is larger than the shards that carry it");
  }
  block_.narrow(parsed->size, size);
  unit = std::move(block_);
  return parsed->prefix;
}

}  // namespace pf::session
