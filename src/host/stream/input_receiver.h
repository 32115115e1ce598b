// What the client's user did, put in order and done on the display.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "core/wire/input_events.h"
#include "host/seams/input_injector.h"
#include "host/stream/gamepad_receiver.h"
#include "host/stream/touch_receiver.h"

namespace pf::host {

/// Evdev codes end here (KEY_MAX, linux/input-event-codes.h).
inline constexpr std::uint16_t max_input_code = 0x300;

/// Pointer states come twice, late and out of order: the newest counts, and motion is the difference of running
/// totals. Keys and buttons are let go of when the client goes. One thread.
class InputReceiver {
 public:
  InputReceiver(InputInjector& injector, OpenGamepads open_gamepads)
      : injector_(injector), touch_(injector), gamepads_(std::move(open_gamepads)) {}

  /// Errors: the injector's and the gamepad hub's. What a code out of bounds or a repeated press asks for is left
  /// undone without one.
  Result<void> apply(const wire::ReliableInput& event);
  Result<void> apply(const wire::UnreliableInput& newest);
  void release_all();
  [[nodiscard]] bool holds_anything() const { return keys_.any() || buttons_.any() || touch_.holds_anything(); }

 private:
  using Held = std::bitset<max_input_code>;
  struct Apply;
  Result<void> follow(const wire::PointerState& pointer);
  static bool changes(Held& held, std::uint16_t code, bool pressed);

  InputInjector& injector_;
  std::optional<wire::PointerState> last_;
  Held keys_;
  Held buttons_;
  TouchReceiver touch_;
  GamepadReceiver gamepads_;
};

}  // namespace pf::host
