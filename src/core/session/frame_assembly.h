// One frame on its way in: its shards in the order of their arrival, until there are enough to make it whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/fec/reed_solomon16.h"
#include "core/wire/media_header.h"
#include "core/wire/unit_prefix.h"

namespace pf::session {

/// Shards are kept back to back as they come, so that memory follows the bytes received and never a count that a
/// header claims. Reused from frame to frame for its buffers.
class FrameAssembly {
 public:
  /// Takes its shape from the frame's first packet.
  void start(const wire::MediaHeader& header, std::size_t shard_size);
  /// Whether a further packet speaks of the same frame: same counts, shard size, flags and capture time.
  [[nodiscard]] bool agrees(const wire::MediaHeader& header, std::size_t shard_size) const;
  /// Keeps a shard, unless it is here already or the frame is whole without it.
  void add(std::uint16_t shard, std::span<const std::byte> payload);
  [[nodiscard]] bool whole() const { return order_.size() == header_.data_shards; }
  /// Whether data shards are missing, so that parity has to stand in.
  [[nodiscard]] bool needs_parity() const { return data_received_ < header_.data_shards; }
  /// Puts the access unit into `unit` (what was in it is gone) and returns its prefix. The frame is whole.
  /// Errors: the prefix's; malformed (the unit does not fit into its shards).
  Result<wire::UnitPrefix> assemble(fec::ReedSolomon16& codec, std::vector<std::byte>& unit);

  /// Bytes of shards that are here.
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  /// Forgets the shards; keeps the memory for the next frame unless it is out of the ordinary.
  void clear();

 private:
  Result<void> rebuild(fec::ReedSolomon16& codec);

  wire::MediaHeader header_;
  std::size_t shard_size_ = 0;
  std::size_t data_received_ = 0;
  std::vector<std::byte> bytes_;       // shards back to back, in order of arrival
  std::vector<std::uint16_t> order_;   // which shard each of them is
  std::vector<std::uint8_t> present_;  // per shard of the block; at most 65,535
  std::vector<std::byte*> shards_;     // per shard of the block, while it is put together
};

}  // namespace pf::session
