// How large an access unit may be: what sender and receiver agree on without a word, because both know the mode.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::session {

/// Whatever the mode. A picture of 7680x4320 has a byte for each pixel, and units of this size would be 16 Gbit/s at
/// 60 Hz.
inline constexpr std::size_t most_max_unit = std::size_t{32} << 20;
/// Small pictures don't need less: parameter sets and an encoder's first, unruly keyframe have room.
inline constexpr std::size_t least_max_unit = std::size_t{1} << 20;

/// Two bytes for each pixel of the picture, its sides rounded up to blocks of 64, between the bounds above. H.264 takes
/// 1.57 for 4:2:0 and 8 bits where it gives up and sends every macroblock as it is (A.3.1: 128 bits beyond the 3,072 of
/// samples), so no encoder of such pictures is in danger; ten bits and 4:4:4, raw at 3.75, have to be compressed 2:1.
/// docs/protocol.md, "The size of a unit".
[[nodiscard]] std::size_t max_unit_for(const Mode& mode);

/// The most data shards of a frame, so that what it takes to rebuild one is in proportion to the mode as well.
[[nodiscard]] std::size_t max_data_shards_for(std::size_t max_unit);

/// The receiver's limit while modes change: a frame of any mode that may be in force is welcome, and for a while the
/// late ones of the mode before. Reads no clock. One thread.
class UnitLimit {
 public:
  explicit UnitLimit(const Mode& mode) : in_force_(max_unit_for(mode)) {}
  /// The host has been asked for another mode. Requests are numbered upwards.
  void asked(std::uint32_t request, const Mode& mode);
  /// The host has said which mode is in force, to the request; an answer that nothing was asked for changes nothing.
  void answered(std::uint32_t request, const Mode& in_force, TimePoint now);
  /// The host has said so by itself, as it does when a stream starts.
  void started(const Mode& in_force, TimePoint now) { settle(in_force, now); }
  [[nodiscard]] std::size_t bytes(TimePoint now) const;

 private:
  void settle(const Mode& in_force, TimePoint now);

  std::size_t in_force_;
  std::size_t asked_ = 0;  // the most of what is not answered yet
  std::uint32_t newest_request_ = 0;
  std::size_t before_ = 0;  // for what is still on its way
  TimePoint before_until_;
};

}  // namespace pf::session
