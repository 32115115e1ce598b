// The touchpad of a DualSense, on a device of its own as hid-playstation makes it: two fingers, and a button under it.
#pragma once

#include <cstdint>

#include "core/wire/device_events.h"
#include "host/linux/uinput/device_profile.h"
#include "host/linux/uinput/event_frame.h"
#include "host/linux/uinput/multitouch.h"

namespace pf::host {

/// Whether games see one: of a pad that has it and is shown as a DualSense.
[[nodiscard]] bool has_touchpad(const wire::GamepadArrival& pad);

class Touchpad {
 public:
  explicit Touchpad(const DeviceProfile& gamepad);

  [[nodiscard]] const DeviceProfile& profile() const { return profile_; }
  void report(wire::TouchPhase phase, const wire::TouchContact& contact, EventFrame& to);
  void report_buttons(std::uint32_t buttons, EventFrame& to) const;

 private:
  Multitouch contacts_;
  DeviceProfile profile_;
};

}  // namespace pf::host
