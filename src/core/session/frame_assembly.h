// One frame on its way in: its shards, each in its place in the block, until there are enough to make it whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/fec/reed_solomon16.h"
#include "core/session/unit_memory.h"
#include "core/wire/media_header.h"
#include "core/wire/unit_prefix.h"

namespace pf::session {

/// Shards lie back to back by their number, so that a frame is complete where it is: nothing is moved once its packets
/// are there. Reused from frame to frame, and allocates nothing.
class FrameAssembly {
 public:
  FrameAssembly();
  /// Takes its shape from the frame's first packet. `block` has room for all of its shards.
  void start(const wire::MediaHeader& header, std::size_t shard_size, UnitBytes block);
  /// Whether a further packet speaks of the same frame: same counts, shard size, flags and capture time.
  [[nodiscard]] bool agrees(const wire::MediaHeader& header, std::size_t shard_size) const;
  /// Keeps a shard, unless it is here already or the frame is whole without it.
  void add(std::uint16_t shard, std::span<const std::byte> payload);
  [[nodiscard]] bool whole() const { return received_ == header_.data_shards; }
  /// Whether data shards are missing, so that parity has to stand in.
  [[nodiscard]] bool needs_parity() const { return data_received_ < header_.data_shards; }
  /// Moves the access unit into `unit` and returns its prefix; `shards` is room to work in. The frame is whole.
  /// Errors: the prefix's; malformed (the unit does not fit into its shards).
  Result<wire::UnitPrefix> assemble(fec::ReedSolomon16& codec, std::vector<std::byte*>& shards, UnitBytes& unit);
  /// Gives the block back.
  void clear() { block_ = {}; }

 private:
  wire::MediaHeader header_;
  std::size_t shard_size_ = 0;
  std::size_t received_ = 0;
  std::size_t data_received_ = 0;
  UnitBytes block_;
  std::vector<std::uint8_t> present_;  // per shard of the block
};

}  // namespace pf::session
