// What a client's gamepads do, put in order: as TouchReceiver does for fingers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "core/wire/device_events.h"
#include "host/seams/gamepad_hub.h"
#include "host/stream/contact_order.h"

namespace pf::host {

/// Opens the session's hub.
using OpenGamepads = std::function<Result<std::unique_ptr<GamepadHub>>()>;

/// One thread. The hub is opened when the first gamepad comes: most sessions have none. Errors are the hub's; what a
/// pad does that could not be plugged in, or has not been, is left undone without one.
class GamepadReceiver {
 public:
  explicit GamepadReceiver(OpenGamepads open) : open_(std::move(open)) {}

  Result<void> apply(const wire::GamepadArrival& arrival);
  Result<void> apply(const wire::GamepadRemoval& removal);
  Result<void> apply(const wire::GamepadEvent& event);
  Result<void> apply(const wire::GamepadSticks& sticks);
  Result<void> apply(const wire::GamepadMotion& motion);
  Result<void> apply(const wire::GamepadBattery& battery);
  Result<void> apply(const wire::GamepadTouch& event);
  Result<void> apply(const wire::GamepadTouchMotion& motion);
  /// Every button, stick and touchpad is let go of; the gamepads stay plugged in.
  void release_all();

 private:
  struct Pad {
    std::optional<std::uint32_t> sequence;  // of the last event or sticks
    std::uint32_t buttons = 0;
    wire::GamepadAxes axes;
    std::optional<std::uint32_t> motion;  // likewise
    ContactOrder touchpad;
  };
  Pad* plugged(std::uint8_t pad);

  const OpenGamepads open_;
  std::unique_ptr<GamepadHub> hub_;
  std::array<std::optional<Pad>, wire::max_gamepads> pads_;
};

}  // namespace pf::host
