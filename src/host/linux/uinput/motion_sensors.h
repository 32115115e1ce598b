// Motion of a gamepad, on a device of its own beside it: in the kernel's units, and with the axes of that kind of pad.
#pragma once

#include <cstdint>

#include "core/base/clock.h"
#include "core/wire/device_events.h"
#include "host/linux/uinput/device_profile.h"
#include "host/linux/uinput/event_frame.h"

namespace pf::host {

[[nodiscard]] bool has_motion(const wire::GamepadArrival& pad);

class MotionSensors {
 public:
  /// Of a gamepad that is shown as `gamepad` to games.
  MotionSensors(wire::GamepadKind kind, const DeviceProfile& gamepad);

  [[nodiscard]] const DeviceProfile& profile() const { return profile_; }
  void report(const wire::GamepadMotion& motion, TimePoint now, EventFrame& to) const;

  struct Model;

 private:
  const Model* model_;
  DeviceProfile profile_;
};

}  // namespace pf::host
