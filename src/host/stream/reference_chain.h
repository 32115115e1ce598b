// Which earlier frames each frame needs, and what that means for one that the client has lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/units.h"

namespace pf::host {

/// Follows one encoder: a unit refers to the newest one that has not been forgotten, a keyframe to none. One thread.
class ReferenceChain {
 public:
  // More than any encoder keeps references: what is older than these is answered by a keyframe.
  static constexpr std::size_t remembered = 64;

  /// The encoder's next unit has become `frame`.
  void add(FrameId frame, bool keyframe);
  /// The encoder's next unit did not become a frame. Returns its number, for it is to be forgotten.
  std::uint64_t skip() { return next_unit_++; }

  /// The client lacks `first` to `last`. Returns the unit, as the encoder counts them, from which on everything is to
  /// be forgotten; nullopt when the newest frame needs none of them. A loss older than what is remembered forgets all.
  std::optional<std::uint64_t> lose(FrameId first, FrameId last);

 private:
  struct Link {
    FrameId frame;
    std::uint64_t unit = 0;
    std::optional<std::uint64_t> refers;  // to this unit
  };
  [[nodiscard]] const Link* link_of(std::uint64_t unit) const;

  std::array<std::optional<Link>, remembered> links_;  // the latest units', each at its number modulo `remembered`
  std::uint64_t next_unit_ = 0;
  std::optional<std::uint64_t> newest_;  // that the next unit may refer to
};

}  // namespace pf::host
