// Gamepads as the kernel's own drivers show them to games: xpad, hid-playstation, hid-nintendo. Games, SDL and Steam
// know them by their ids, and hold ready which code is which button.
#pragma once

#include <cstdint>
#include <span>

#include "core/wire/device_events.h"
#include "host/linux/uinput/device_profile.h"
#include "host/linux/uinput/event_frame.h"

namespace pf::host {

/// What games are to see for a client's pad: an Xbox 360 pad for Xbox's and plain ones, a DualSense, a Pro Controller.
/// One that doesn't say what it is but has a touchpad is a DualSense.
wire::GamepadKind shown_kind(const wire::GamepadArrival& pad);

class GamepadLayout {
 public:
  explicit GamepadLayout(const wire::GamepadArrival& pad);

  [[nodiscard]] const DeviceProfile& profile() const { return profile_; }
  void report(std::uint32_t buttons, const wire::GamepadAxes& axes, EventFrame& to) const;

  struct Model;
  struct Button {
    std::uint32_t bit;  // wire::gamepad_button
    std::uint16_t code;
  };

 private:
  const Model* model_;
  std::vector<Button> buttons_;
  DeviceProfile profile_;
};

}  // namespace pf::host
