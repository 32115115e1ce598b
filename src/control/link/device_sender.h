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

/// The fingers on one surface. One thread at a time.
class ContactSender {
 public:
  /// nullopt: it says nothing new.
  std::optional<std::variant<wire::TouchEvent, wire::TouchMotion>> say(wire::TouchPhase phase,
                                                                       const wire::TouchContact& contact);
  void forget() { contacts_.clear(); }
  [[nodiscard]] std::uint32_t sequence() const { return sequence_; }

 private:
  std::uint32_t sequence_ = 0;
  std::vector<wire::TouchContact> contacts_;  // that are down
};

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
  Outgoing gamepad_touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact);
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
    ContactSender touchpad;
  };

  mutable std::mutex mutex_;
  ContactSender screen_;
  wire::PenState pen_;
  std::array<Pad, wire::max_gamepads> pads_{};
};

}  // namespace pf::control
