// Gamepads that games on the host find plugged in, moved by a client's.
#pragma once

#include <functional>
#include <variant>

#include "core/base/error.h"
#include "core/wire/control_messages.h"
#include "core/wire/device_events.h"
#include "host/seams/probe.h"

namespace pf::host {

/// What a game does to a gamepad.
using GamepadFeedback = std::variant<wire::GamepadRumble, wire::GamepadLight>;

/// One session's gamepads, numbered as its client numbers them. One thread. The destructor unplugs them all and returns
/// when the feedback's callback is not running.
class GamepadHub {
 public:
  /// On a thread of the hub's; must not block.
  using OnFeedback = std::function<void(const GamepadFeedback&)>;
  virtual ~GamepadHub() = default;
  /// A pad below wire::max_gamepads that is not plugged in.
  virtual Result<void> plug(const wire::GamepadArrival& pad) = 0;
  virtual void unplug(std::uint8_t pad) = 0;
  // Of a pad that is plugged in:
  virtual Result<void> update(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) = 0;
  virtual Result<void> move(const wire::GamepadMotion& motion) = 0;
  virtual Result<void> battery(const wire::GamepadBattery& battery) = 0;
  /// A contact on its touchpad begins, moves, ends, or was none.
  virtual Result<void> touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) = 0;
};

}  // namespace pf::host
