// The force-feedback effects of one gamepad: what games have uploaded and play, and what its two motors do because of
// it. uinput hands on what a game says and leaves the time to us; the rules are those of the kernel's own pads
// (drivers/input/ff-memless.c).
#pragma once

#include <linux/input.h>

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace pf::host {

/// How strong; 65,535 is the most.
struct Motors {
  std::uint16_t heavy = 0;
  std::uint16_t light = 0;
  bool operator==(const Motors&) const = default;
};

/// An effect that was uploaded.
struct Effect {
  ff_effect what{};
  std::int32_t plays_left = 0;
  TimePoint begin;  // of the present play, behind its delay
};

/// One gamepad, one thread. Effects that play at once add up.
class ForceFeedback {
 public:
  static constexpr std::size_t most_effects = 16;

  /// A new effect, or other values for one; if that plays, it begins anew. False: there is no room, or nothing that a
  /// motor could do.
  bool upload(const ff_effect& effect, TimePoint now);
  void erase(std::int32_t id);
  /// So many times from the beginning; 0 stops.
  void play(std::int32_t id, std::int32_t times, TimePoint now);
  /// Of all effects; 65,535 is whole.
  void set_gain(std::int32_t gain);

  /// What the motors do now; effects that are over are taken note of.
  Motors advance(TimePoint now);
  /// When they'll do something else, if nothing is said until then: after `advance`.
  [[nodiscard]] std::optional<TimePoint> next_change() const { return next_; }

 private:
  [[nodiscard]] Motors of(const Effect& effect, TimePoint now) const;
  void change_at(TimePoint when, TimePoint now);
  Effect* find(std::int32_t id);

  std::array<std::optional<Effect>, most_effects> effects_;
  std::uint32_t gain_ = 65'535;
  std::optional<TimePoint> next_;
};

}  // namespace pf::host
