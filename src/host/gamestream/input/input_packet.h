// The input packets inside control messages: docs/gamestream.md, "Input".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "core/base/error.h"

namespace pf::host::gamestream {

namespace key_modifier {
inline constexpr std::uint8_t shift = 0x01;
inline constexpr std::uint8_t control = 0x02;
inline constexpr std::uint8_t alt = 0x04;
inline constexpr std::uint8_t meta = 0x08;
}  // namespace key_modifier

/// A Windows virtual key code: a place on a US keyboard.
struct KeyPacket {
  std::uint8_t code = 0;
  bool pressed = false;
  std::uint8_t modifiers = 0;  // that hold for this key, whether or not their own keys were sent
  bool operator==(const KeyPacket&) const = default;
};
struct TextPacket {
  std::string utf8;
  bool operator==(const TextPacket&) const = default;
};
struct PointerMove {
  std::int16_t dx = 0;
  std::int16_t dy = 0;
  bool operator==(const PointerMove&) const = default;
};
/// Where on a surface of this size; both ends belong to it.
struct PointerPlace {
  std::int16_t x = 0;
  std::int16_t y = 0;
  std::int16_t width = 0;
  std::int16_t height = 0;
  bool operator==(const PointerPlace&) const = default;
};
struct ButtonPacket {
  std::uint8_t button = 0;  // left, middle, right, X1, X2 from 1
  bool pressed = false;
  bool operator==(const ButtonPacket&) const = default;
};
/// 1/120 notch; positive is up and right.
struct ScrollPacket {
  std::int16_t vertical = 0;
  std::int16_t horizontal = 0;
  bool operator==(const ScrollPacket&) const = default;
};

enum class ContactPhase : std::uint8_t {
  hover = 0,
  down = 1,
  up = 2,
  move = 3,
  cancel = 4,
  buttons_only = 5,
  leave = 6,
  cancel_all = 7,
};
/// All fractions are of the display, 0 to 1.
struct TouchPacket {
  ContactPhase phase = ContactPhase::hover;
  std::uint32_t pointer = 0;
  float x = 0;
  float y = 0;
  float pressure = 0;  // or the distance of a finger that hovers
  bool operator==(const TouchPacket&) const = default;
};
struct PenPacket {
  static constexpr std::uint16_t unknown_rotation = 0xFFFF;
  static constexpr std::uint8_t unknown_tilt = 0xFF;
  ContactPhase phase = ContactPhase::hover;
  bool eraser = false;
  std::uint8_t buttons = 0;  // first, second, third from bit 0
  float x = 0;
  float y = 0;
  float pressure = 0;
  std::uint16_t rotation = unknown_rotation;  // degrees
  std::uint8_t tilt = unknown_tilt;           // degrees from upright
  bool operator==(const PenPacket&) const = default;
};

/// A gamepad as it stands. One whose bit is not in `attached` has left.
struct GamepadPacket {
  std::uint8_t pad = 0;
  std::uint16_t attached = 0;
  std::uint32_t buttons = 0;  // XInput's, and paddles, touchpad and share above them
  std::uint8_t left_trigger = 0;
  std::uint8_t right_trigger = 0;
  std::int16_t left_x = 0;
  std::int16_t left_y = 0;
  std::int16_t right_x = 0;
  std::int16_t right_y = 0;
  bool operator==(const GamepadPacket&) const = default;
};
struct GamepadArrivalPacket {
  std::uint8_t pad = 0;
  std::uint8_t kind = 0;  // 1 Xbox, 2 PlayStation, 3 Nintendo, 4 Steam
  std::uint16_t capabilities = 0;
  std::uint32_t buttons = 0;
  bool operator==(const GamepadArrivalPacket&) const = default;
};
struct GamepadTouchPacket {
  std::uint8_t pad = 0;
  ContactPhase phase = ContactPhase::hover;
  std::uint8_t touchpad = 0;
  std::uint32_t pointer = 0;
  float x = 0;
  float y = 0;
  float pressure = 0;
  bool operator==(const GamepadTouchPacket&) const = default;
};
struct GamepadMotionPacket {
  std::uint8_t pad = 0;
  bool gyroscope = false;        // degrees/s; else m/s^2 with gravity
  std::array<float, 3> value{};  // x, y, z
  bool operator==(const GamepadMotionPacket&) const = default;
};
struct GamepadBatteryPacket {
  std::uint8_t pad = 0;
  std::uint8_t state = 0;
  std::uint8_t percent = 0;  // 255: unknown
  bool operator==(const GamepadBatteryPacket&) const = default;
};
/// The client can rumble.
struct HapticsPacket {
  bool on = false;
  bool operator==(const HapticsPacket&) const = default;
};

inline constexpr std::uint8_t max_pads = 16;

using InputPacket = std::variant<KeyPacket, TextPacket, PointerMove, PointerPlace, ButtonPacket, ScrollPacket,
                                 TouchPacket, PenPacket, GamepadPacket, GamepadArrivalPacket, GamepadTouchPacket,
                                 GamepadMotionPacket, GamepadBatteryPacket, HapticsPacket>;

/// nullopt: a packet that this host does not know. Errors: truncated; malformed (a size that does not fit, text that is
/// no UTF-8, a pad beyond max_pads, a number that is none).
Result<std::optional<InputPacket>> decode_input(std::span<const std::byte> packet);

}  // namespace pf::host::gamestream
