// What touch screens, pens and gamepads say. What begins or ends something travels on the reliable input stream, with
// the whole state; what only moves travels in datagrams, of which the newest wins. docs/protocol.md, "Input".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/wire/bytes.h"

namespace pf::wire {

inline constexpr std::size_t max_touch_contacts = 16;  // down at once
inline constexpr std::uint8_t max_gamepads = 16;

// --- touch ---

enum class TouchPhase : std::uint8_t { down = 1, move = 2, up = 3, cancel = 4 };

struct TouchContact {
  std::uint32_t id = 0;  // the client's; unique among the contacts that are down
  std::uint16_t x = 0;   // 0 is the display's left edge, 65,535 its right
  std::uint16_t y = 0;
  std::uint16_t pressure = 65'535;
  bool operator==(const TouchContact&) const = default;
};

struct TouchEvent {
  std::uint32_t sequence = 0;  // one count for all contacts; newer wins, RFC 1982 arithmetic
  TouchPhase phase = TouchPhase::down;
  TouchContact contact;
  bool operator==(const TouchEvent&) const = default;
};

/// Where every contact that is down has got to.
struct TouchMotion {
  std::uint32_t sequence = 0;
  std::vector<TouchContact> contacts;  // at most max_touch_contacts
  bool operator==(const TouchMotion&) const = default;
};

// --- pen ---

inline constexpr std::int8_t most_pen_tilt = 90;      // degrees, to either side
inline constexpr std::uint16_t most_pen_twist = 359;  // degrees

struct PenState {
  std::uint32_t sequence = 0;
  bool in_range = false;  // near enough to be seen
  bool touching = false;
  bool eraser = false;  // the other end of it
  bool first_button = false;
  bool second_button = false;
  std::uint16_t x = 0;  // as TouchContact's
  std::uint16_t y = 0;
  std::uint16_t pressure = 0;
  std::int8_t tilt_x = 0;   // degrees from upright, -90 to 90; positive is to the right
  std::int8_t tilt_y = 0;   // positive is towards the user
  std::uint16_t twist = 0;  // degrees clockwise, 0 to 359
  bool operator==(const PenState&) const = default;
};

struct PenEvent {
  PenState pen;
  bool operator==(const PenEvent&) const = default;
};
struct PenMotion {
  PenState pen;
  bool operator==(const PenMotion&) const = default;
};

// --- gamepads ---

enum class GamepadKind : std::uint8_t { unknown = 0, xbox = 1, playstation = 2, nintendo = 3 };

/// What a gamepad has besides buttons and sticks; bits.
namespace gamepad_has {
inline constexpr std::uint16_t analog_triggers = 0x01;
inline constexpr std::uint16_t rumble = 0x02;
inline constexpr std::uint16_t trigger_rumble = 0x04;
inline constexpr std::uint16_t touchpad = 0x08;
inline constexpr std::uint16_t acceleration = 0x10;
inline constexpr std::uint16_t gyroscope = 0x20;
inline constexpr std::uint16_t battery = 0x40;
inline constexpr std::uint16_t light = 0x80;
}  // namespace gamepad_has

/// Buttons: XInput's, and above them those that GameStream adds; bits.
namespace gamepad_button {
inline constexpr std::uint32_t up = 0x1;
inline constexpr std::uint32_t down = 0x2;
inline constexpr std::uint32_t left = 0x4;
inline constexpr std::uint32_t right = 0x8;
inline constexpr std::uint32_t start = 0x10;
inline constexpr std::uint32_t back = 0x20;
inline constexpr std::uint32_t left_stick = 0x40;
inline constexpr std::uint32_t right_stick = 0x80;
inline constexpr std::uint32_t left_shoulder = 0x100;
inline constexpr std::uint32_t right_shoulder = 0x200;
inline constexpr std::uint32_t guide = 0x400;
inline constexpr std::uint32_t a = 0x1000;
inline constexpr std::uint32_t b = 0x2000;
inline constexpr std::uint32_t x = 0x4000;
inline constexpr std::uint32_t y = 0x8000;
// Seen from the front: upper right, upper left, lower right, lower left.
inline constexpr std::uint32_t paddle1 = 0x10000;
inline constexpr std::uint32_t paddle2 = 0x20000;
inline constexpr std::uint32_t paddle3 = 0x40000;
inline constexpr std::uint32_t paddle4 = 0x80000;
inline constexpr std::uint32_t touchpad = 0x100000;
inline constexpr std::uint32_t share = 0x200000;
}  // namespace gamepad_button

struct GamepadArrival {
  std::uint8_t pad = 0;  // below max_gamepads
  GamepadKind kind = GamepadKind::unknown;
  std::uint16_t has = 0;      // gamepad_has
  std::uint32_t buttons = 0;  // those that it has, as in GamepadEvent
  bool operator==(const GamepadArrival&) const = default;
};

struct GamepadRemoval {
  std::uint8_t pad = 0;
  bool operator==(const GamepadRemoval&) const = default;
};

struct GamepadAxes {
  std::uint8_t left_trigger = 0;
  std::uint8_t right_trigger = 0;
  std::int16_t left_x = 0;  // positive is right and up, as XInput has it
  std::int16_t left_y = 0;
  std::int16_t right_x = 0;
  std::int16_t right_y = 0;
  bool operator==(const GamepadAxes&) const = default;
};

/// A button went down or up.
struct GamepadEvent {
  std::uint8_t pad = 0;
  std::uint32_t sequence = 0;  // one count for each pad's events and sticks
  std::uint32_t buttons = 0;   // gamepad_button
  GamepadAxes axes;
  bool operator==(const GamepadEvent&) const = default;
};

/// Sticks and triggers have moved.
struct GamepadSticks {
  std::uint8_t pad = 0;
  std::uint32_t sequence = 0;
  GamepadAxes axes;
  bool operator==(const GamepadSticks&) const = default;
};

struct GamepadMotion {
  std::uint8_t pad = 0;
  std::uint32_t sequence = 0;                   // its own count for each pad
  std::array<std::int32_t, 3> acceleration{};   // x, y, z; 1/1000 m/s^2, gravity included
  std::array<std::int32_t, 3> angular_speed{};  // 1/1000 degree/s
  bool operator==(const GamepadMotion&) const = default;
};

enum class BatteryState : std::uint8_t { unknown = 0, absent = 1, discharging = 2, charging = 3, idle = 4, full = 5 };
inline constexpr std::uint8_t full_charge = 100;  // percent
inline constexpr std::uint8_t unknown_charge = 255;

struct GamepadBattery {
  std::uint8_t pad = 0;
  BatteryState state = BatteryState::unknown;
  std::uint8_t percent = unknown_charge;
  bool operator==(const GamepadBattery&) const = default;
};

/// What happens on a gamepad's touchpad: as on a touch screen, of which each pad has one.
struct GamepadTouch {
  std::uint8_t pad = 0;
  TouchEvent touch;
  bool operator==(const GamepadTouch&) const = default;
};
struct GamepadTouchMotion {
  std::uint8_t pad = 0;
  TouchMotion motion;
  bool operator==(const GamepadTouchMotion&) const = default;
};

// --- bodies, behind the kind; input_events.cpp reads and writes the kinds ---

void write_body(Writer& to, const TouchEvent& event);
void write_body(Writer& to, const TouchMotion& motion);
void write_body(Writer& to, const PenState& pen);
void write_body(Writer& to, const GamepadArrival& arrival);
void write_body(Writer& to, const GamepadEvent& event);
void write_body(Writer& to, const GamepadSticks& sticks);
void write_body(Writer& to, const GamepadMotion& motion);
void write_body(Writer& to, const GamepadBattery& battery);
void write_body(Writer& to, const GamepadTouch& touch);
void write_body(Writer& to, const GamepadTouchMotion& motion);

// Whether the bytes sufficed is for the reader to say.
TouchEvent read_touch_event(Reader& in);
/// Errors: malformed (too many contacts).
Result<TouchMotion> read_touch_motion(Reader& in);
/// Errors: malformed (a tilt or a twist that no pen has).
Result<PenState> read_pen(Reader& in);
/// A kind that only a later version knows is unknown.
GamepadArrival read_gamepad_arrival(Reader& in);
GamepadEvent read_gamepad_event(Reader& in);
GamepadSticks read_gamepad_sticks(Reader& in);
GamepadMotion read_gamepad_motion(Reader& in);
/// A state that only a later version knows is unknown. Errors: malformed (more than a full charge).
Result<GamepadBattery> read_gamepad_battery(Reader& in);
GamepadTouch read_gamepad_touch(Reader& in);
/// Errors: malformed (too many contacts).
Result<GamepadTouchMotion> read_gamepad_touch_motion(Reader& in);

}  // namespace pf::wire
