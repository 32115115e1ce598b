#include "core/session/frame_assembly.h"

#include <cstring>

namespace pf::session {
namespace {

constexpr std::size_t ordinary_frame = 2u << 20;

}  // namespace

void FrameAssembly::start(const wire::MediaHeader& header, std::size_t shard_size) {
  header_ = header;
  shard_size_ = shard_size;
  data_received_ = 0;
  clear();
  present_.assign(std::size_t{header.data_shards} + header.parity_shards, 0);
}

void FrameAssembly::clear() {
  bytes_.clear();
  if (bytes_.capacity() > ordinary_frame) bytes_.shrink_to_fit();
  order_.clear();
}

bool FrameAssembly::agrees(const wire::MediaHeader& header, std::size_t shard_size) const {
  return shard_size == shard_size_ && header.data_shards == header_.data_shards &&
         header.parity_shards == header_.parity_shards && header.flags == header_.flags &&
         header.timestamp_us == header_.timestamp_us;
}

void FrameAssembly::add(std::uint16_t shard, std::span<const std::byte> payload) {
  if (whole() || present_[shard] != 0) return;
  present_[shard] = 1;
  order_.push_back(shard);
  bytes_.insert(bytes_.end(), payload.begin(), payload.end());
  if (shard < header_.data_shards) ++data_received_;
}

Result<wire::UnitPrefix> FrameAssembly::assemble(fec::ReedSolomon16& codec, std::vector<std::byte>& unit) {
  const std::size_t missing = header_.data_shards - data_received_;
  bytes_.resize((order_.size() + missing) * shard_size_);
  shards_.assign(present_.size(), nullptr);
  for (std::size_t i = 0; i < order_.size(); ++i) shards_[order_[i]] = bytes_.data() + i * shard_size_;
  if (missing > 0) {
    if (auto ok = rebuild(codec); !ok) return std::unexpected(ok.error());
  }

  unit.clear();
  unit.reserve(header_.data_shards * shard_size_);
  for (std::size_t i = 0; i < header_.data_shards; ++i) unit.insert(unit.end(), shards_[i], shards_[i] + shard_size_);
  const auto parsed = wire::parse_unit_prefix(unit);
  if (!parsed) return std::unexpected(parsed.error());
  const std::size_t size = parsed->prefix.unit_size;
  if (size == 0) return fail(ErrorCode::malformed, "a video unit without content");
  if (size > unit.size() - parsed->size) {
    return fail(ErrorCode::malformed, "a video unit is larger than the shards that carry it");
  }
  std::memmove(unit.data(), unit.data() + parsed->size, size);
  unit.resize(size);
  return parsed->prefix;
}

// The room behind the shards that came is for the data shards that did not.
Result<void> FrameAssembly::rebuild(fec::ReedSolomon16& codec) {
  std::byte* room = bytes_.data() + order_.size() * shard_size_;
  for (std::size_t i = 0; i < header_.data_shards; ++i) {
    if (present_[i] != 0) continue;
    shards_[i] = room;
    room += shard_size_;
  }
  return codec.decode(shards_, present_, header_.data_shards, shard_size_);
}

}  // namespace pf::session
