// What a client's touch screen, pen and gamepads have to say, and on which way: beginnings, ends and buttons reliably,
// mere motion by datagram. No I/O.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "core/wire/input_events.h"

namespace pf::control {

/// Any thread.
class DeviceSender {
 public:
  /// nullopt: it says nothing new.
  using Outgoing = std::optional<std::variant<wire::ReliableInput, wire::UnreliableInput>>;

  Outgoing touch(wire::TouchPhase phase, const wire::TouchContact& contact);
  /// The sequence is filled in.
  Outgoing pen(wire::PenState state);
  Outgoing gamepad(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes);
  Outgoing gamepad_motion(wire::GamepadMotion motion);
  /// A pad comes or goes: nothing is held on it.
  void forget_gamepad(std::uint8_t pad);

  /// Whether nothing newer has been said about the same thing since, so that it is worth saying again.
  [[nodiscard]] bool is_newest(const wire::UnreliableInput& motion) const;

 private:
  struct Pad {
    std::uint32_t sequence = 0;
    std::uint32_t motion_sequence = 0;
    std::uint32_t buttons = 0;
    wire::GamepadAxes axes;
  };

  mutable std::mutex mutex_;
  std::uint32_t touch_sequence_ = 0;
  std::vector<wire::TouchContact> contacts_;  // that are down
  wire::PenState pen_;
  std::array<Pad, wire::max_gamepads> pads_{};
};

}  // namespace pf::control
