#include "core/wire/device_events.h"

#include <algorithm>
#include <cstdlib>

namespace pf::wire {
namespace {

// A pen's state in bits.
constexpr std::uint8_t pen_in_range = 0x01;
constexpr std::uint8_t pen_touching = 0x02;
constexpr std::uint8_t pen_eraser = 0x04;
constexpr std::uint8_t pen_first_button = 0x08;
constexpr std::uint8_t pen_second_button = 0x10;

void write_contact(Writer& to, const TouchContact& contact) {
  to.write(contact.id);
  to.write(contact.x);
  to.write(contact.y);
  to.write(contact.pressure);
}

TouchContact read_contact(Reader& in) {
  TouchContact contact;
  contact.id = in.read<std::uint32_t>();
  contact.x = in.read<std::uint16_t>();
  contact.y = in.read<std::uint16_t>();
  contact.pressure = in.read<std::uint16_t>();
  return contact;
}

void write_axes(Writer& to, const GamepadAxes& axes) {
  to.write(axes.left_trigger);
  to.write(axes.right_trigger);
  to.write(axes.left_x);
  to.write(axes.left_y);
  to.write(axes.right_x);
  to.write(axes.right_y);
}

GamepadAxes read_axes(Reader& in) {
  GamepadAxes axes;
  axes.left_trigger = in.read<std::uint8_t>();
  axes.right_trigger = in.read<std::uint8_t>();
  axes.left_x = in.read<std::int16_t>();
  axes.left_y = in.read<std::int16_t>();
  axes.right_x = in.read<std::int16_t>();
  axes.right_y = in.read<std::int16_t>();
  return axes;
}

/// What only a later version knows is taken for unknown: a gamepad of a new kind is a gamepad still.
template <class Enum>
Enum known(std::uint8_t value, Enum unknown, Enum last) {
  return value <= static_cast<std::uint8_t>(last) ? static_cast<Enum>(value) : unknown;
}

}  // namespace

void write_body(Writer& to, const TouchEvent& event) {
  to.write(event.sequence);
  to.write(static_cast<std::uint8_t>(event.phase));
  write_contact(to, event.contact);
}

TouchEvent read_touch_event(Reader& in) {
  TouchEvent event;
  event.sequence = in.read<std::uint32_t>();
  event.phase = static_cast<TouchPhase>(in.read<std::uint8_t>());
  event.contact = read_contact(in);
  return event;
}

void write_body(Writer& to, const TouchMotion& motion) {
  const auto count = std::min(motion.contacts.size(), max_touch_contacts);
  to.write(motion.sequence);
  to.write(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) write_contact(to, motion.contacts[i]);
}

Result<TouchMotion> read_touch_motion(Reader& in) {
  TouchMotion motion;
  motion.sequence = in.read<std::uint32_t>();
  const auto count = in.read<std::uint8_t>();
  if (count > max_touch_contacts) return fail(ErrorCode::malformed, "more touches than a display takes");
  for (std::uint8_t i = 0; i < count && in.ok(); ++i) motion.contacts.push_back(read_contact(in));
  return motion;
}

void write_body(Writer& to, const PenState& pen) {
  const auto bit = [](bool set, std::uint8_t mask) { return set ? mask : std::uint8_t{0}; };
  to.write(pen.sequence);
  to.write(static_cast<std::uint8_t>(bit(pen.in_range, pen_in_range) | bit(pen.touching, pen_touching) |
                                     bit(pen.eraser, pen_eraser) | bit(pen.first_button, pen_first_button) |
                                     bit(pen.second_button, pen_second_button)));
  to.write(pen.x);
  to.write(pen.y);
  to.write(pen.pressure);
  to.write(pen.tilt_x);
  to.write(pen.tilt_y);
  to.write(pen.twist);
}

Result<PenState> read_pen(Reader& in) {
  PenState pen;
  pen.sequence = in.read<std::uint32_t>();
  const auto bits = in.read<std::uint8_t>();
  pen.in_range = (bits & pen_in_range) != 0;
  pen.touching = (bits & pen_touching) != 0;
  pen.eraser = (bits & pen_eraser) != 0;
  pen.first_button = (bits & pen_first_button) != 0;
  pen.second_button = (bits & pen_second_button) != 0;
  pen.x = in.read<std::uint16_t>();
  pen.y = in.read<std::uint16_t>();
  pen.pressure = in.read<std::uint16_t>();
  pen.tilt_x = in.read<std::int8_t>();
  pen.tilt_y = in.read<std::int8_t>();
  pen.twist = in.read<std::uint16_t>();
  if (std::abs(pen.tilt_x) > most_pen_tilt || std::abs(pen.tilt_y) > most_pen_tilt || pen.twist > most_pen_twist)
    return fail(ErrorCode::malformed, "a pen is tilted or twisted further than pens are");
  return pen;
}

void write_body(Writer& to, const GamepadArrival& arrival) {
  to.write(arrival.pad);
  to.write(static_cast<std::uint8_t>(arrival.kind));
  to.write(arrival.has);
  to.write(arrival.buttons);
}

GamepadArrival read_gamepad_arrival(Reader& in) {
  GamepadArrival arrival;
  arrival.pad = in.read<std::uint8_t>();
  arrival.kind = known(in.read<std::uint8_t>(), GamepadKind::unknown, GamepadKind::nintendo);
  arrival.has = in.read<std::uint16_t>();
  arrival.buttons = in.read<std::uint32_t>();
  return arrival;
}

void write_body(Writer& to, const GamepadEvent& event) {
  to.write(event.pad);
  to.write(event.sequence);
  to.write(event.buttons);
  write_axes(to, event.axes);
}

GamepadEvent read_gamepad_event(Reader& in) {
  GamepadEvent event;
  event.pad = in.read<std::uint8_t>();
  event.sequence = in.read<std::uint32_t>();
  event.buttons = in.read<std::uint32_t>();
  event.axes = read_axes(in);
  return event;
}

void write_body(Writer& to, const GamepadSticks& sticks) {
  to.write(sticks.pad);
  to.write(sticks.sequence);
  write_axes(to, sticks.axes);
}

GamepadSticks read_gamepad_sticks(Reader& in) {
  GamepadSticks sticks;
  sticks.pad = in.read<std::uint8_t>();
  sticks.sequence = in.read<std::uint32_t>();
  sticks.axes = read_axes(in);
  return sticks;
}

void write_body(Writer& to, const GamepadMotion& motion) {
  to.write(motion.pad);
  to.write(motion.sequence);
  for (const auto axis : motion.acceleration) to.write(axis);
  for (const auto axis : motion.angular_speed) to.write(axis);
}

GamepadMotion read_gamepad_motion(Reader& in) {
  GamepadMotion motion;
  motion.pad = in.read<std::uint8_t>();
  motion.sequence = in.read<std::uint32_t>();
  for (auto& axis : motion.acceleration) axis = in.read<std::int32_t>();
  for (auto& axis : motion.angular_speed) axis = in.read<std::int32_t>();
  return motion;
}

void write_body(Writer& to, const GamepadBattery& battery) {
  to.write(battery.pad);
  to.write(static_cast<std::uint8_t>(battery.state));
  to.write(battery.percent);
}

Result<GamepadBattery> read_gamepad_battery(Reader& in) {
  GamepadBattery battery;
  battery.pad = in.read<std::uint8_t>();
  battery.state = known(in.read<std::uint8_t>(), BatteryState::unknown, BatteryState::full);
  battery.percent = in.read<std::uint8_t>();
  if (battery.percent > full_charge && battery.percent != unknown_charge)
    return fail(ErrorCode::malformed, "a battery is charged to more than 100 percent");
  return battery;
}

void write_body(Writer& to, const GamepadTouch& touch) {
  to.write(touch.pad);
  write_body(to, touch.touch);
}

GamepadTouch read_gamepad_touch(Reader& in) {
  const auto pad = in.read<std::uint8_t>();
  return {pad, read_touch_event(in)};
}

void write_body(Writer& to, const GamepadTouchMotion& motion) {
  to.write(motion.pad);
  write_body(to, motion.motion);
}

Result<GamepadTouchMotion> read_gamepad_touch_motion(Reader& in) {
  const auto pad = in.read<std::uint8_t>();
  auto motion = read_touch_motion(in);
  if (!motion) return std::unexpected(motion.error());
  return GamepadTouchMotion{pad, std::move(*motion)};
}

}  // namespace pf::wire
