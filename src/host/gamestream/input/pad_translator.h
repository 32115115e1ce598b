// Gamepads of GameStream's packets to this host's events.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "host/gamestream/input/input_packet.h"
#include "host/gamestream/input/touch_tracker.h"
#include "host/gamestream/input/translated_input.h"

namespace pf::host::gamestream {

/// What a gamepad has said so far.
struct TranslatedPad {
  std::uint32_t sequence = 0;
  std::uint32_t buttons = 0;
  wire::GamepadMotion motion;
  TouchTracker touchpad;
};

/// One client, one thread.
class PadTranslator {
 public:
  void translate(const GamepadArrivalPacket& packet, TranslatedInput& out);
  void translate(const GamepadPacket& packet, TranslatedInput& out);
  void translate(const GamepadMotionPacket& packet, TranslatedInput& out);
  void translate(const GamepadTouchPacket& packet, TranslatedInput& out);
  void translate(const GamepadBatteryPacket& packet, TranslatedInput& out) const;

 private:
  std::array<std::optional<TranslatedPad>, max_pads> pads_;
};

}  // namespace pf::host::gamestream
