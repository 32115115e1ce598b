// What a client lacks of the units that a source has brought, in the source's own numbers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/units.h"
#include "host/stream/reference_chain.h"

namespace pf::host {

/// A unit refers to the one before it, a keyframe to none, and one that repairs to the newest that no loss has spoilt.
/// A source hears of a loss some units later, so those still go on from what is lost. One thread, or the caller's lock.
class UnitLosses {
 public:
  struct Loss {
    bool known = false;  // if not, it is older than what is remembered, and a keyframe alone helps
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };

  /// The client lacks these frames. nullopt: nothing new, or the newest unit needs none of them.
  std::optional<Loss> lose(FrameId first, FrameId last);
  /// True while the source has been told of a loss that no unit has answered.
  [[nodiscard]] bool awaits_repair() const { return mended_.has_value(); }
  /// The source's unit `number` has been sent as `frame`. `repaired` only while a repair is awaited.
  void sent(FrameId frame, std::uint64_t number, bool keyframe, bool repaired);

 private:
  struct Unit {
    FrameId frame;
    std::uint64_t number = 0;
  };

  ReferenceChain chain_;
  std::optional<ReferenceChain> mended_;                // what it becomes with the unit that repairs
  std::array<Unit, ReferenceChain::remembered> units_;  // the latest, each at its count modulo `remembered`
  std::uint64_t count_ = 0;
};

}  // namespace pf::host
