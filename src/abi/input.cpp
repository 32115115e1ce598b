#include "abi/input.h"

#include <cstdlib>

namespace pf::abi {
namespace {

constexpr std::uint16_t input_codes = 0x300;  // KEY_MAX, linux/input-event-codes.h
constexpr int pen_flags = PUNKTFUNK_PEN_IN_RANGE | PUNKTFUNK_PEN_TOUCHING | PUNKTFUNK_PEN_ERASER |
                          PUNKTFUNK_PEN_FIRST_BUTTON | PUNKTFUNK_PEN_SECOND_BUTTON;

wire::PenState pen_of(const punktfunk_pen& pen) {
  const auto flag = [&](int bit) { return (pen.flags & bit) != 0; };
  return {.sequence = 0,
          .in_range = flag(PUNKTFUNK_PEN_IN_RANGE),
          .touching = flag(PUNKTFUNK_PEN_TOUCHING),
          .eraser = flag(PUNKTFUNK_PEN_ERASER),
          .first_button = flag(PUNKTFUNK_PEN_FIRST_BUTTON),
          .second_button = flag(PUNKTFUNK_PEN_SECOND_BUTTON),
          .x = pen.x,
          .y = pen.y,
          .pressure = pen.pressure,
          .tilt_x = pen.tilt_x,
          .tilt_y = pen.tilt_y,
          .twist = pen.twist};
}

wire::GamepadAxes axes_of(const punktfunk_gamepad& pad) {
  return {pad.left_trigger, pad.right_trigger, pad.left_x, pad.left_y, pad.right_x, pad.right_y};
}

Outcome check_pad(std::uint8_t pad) {
  return pad < wire::max_gamepads ? Outcome{} : bad_argument("gamepads are numbered from 0 to 15");
}

Outcome check_phase(std::uint8_t phase) {
  if (phase < PUNKTFUNK_TOUCH_DOWN || phase > PUNKTFUNK_TOUCH_CANCEL) return bad_argument("no such phase");
  return {};
}

Outcome check_bounds(const punktfunk_key& key) {
  return key.code < input_codes ? Outcome{} : bad_argument("no such key or button");
}

Outcome check_bounds(const punktfunk_touch& touch) {
  return check_phase(touch.phase);
}

Outcome check_bounds(const punktfunk_pen& pen) {
  if ((pen.flags & ~pen_flags) != 0)
    return refuse(PUNKTFUNK_ERROR_NEWER_STRUCT, "a pen has a flag set that this version does not know");
  if (pen.twist > wire::most_pen_twist) return bad_argument("a pen is twisted by 0 to 359 degrees");
  if (std::abs(pen.tilt_x) > wire::most_pen_tilt || std::abs(pen.tilt_y) > wire::most_pen_tilt)
    return bad_argument("a pen is tilted by -90 to 90 degrees");
  return {};
}

Outcome check_bounds(const punktfunk_gamepad_arrival& arrival) {
  if (arrival.kind > PUNKTFUNK_GAMEPAD_NINTENDO) return bad_argument("no such kind of gamepad");
  return check_pad(arrival.pad);
}

Outcome check_bounds(const punktfunk_gamepad& pad) {
  return check_pad(pad.pad);
}

Outcome check_bounds(const punktfunk_gamepad_motion& motion) {
  return check_pad(motion.pad);
}

Outcome check_bounds(const punktfunk_gamepad_battery& battery) {
  if (battery.state > PUNKTFUNK_BATTERY_FULL) return bad_argument("no such state of a battery");
  if (battery.percent > wire::full_charge && battery.percent != wire::unknown_charge)
    return bad_argument("a battery is charged to 0 to 100 percent, or 255: unknown");
  return check_pad(battery.pad);
}

Outcome check_bounds(const punktfunk_gamepad_touch& touch) {
  return after(check_phase(touch.phase), [&] { return check_pad(touch.pad); });
}

/// Calls `send` with the member of an input that counts, if that is in order.
template <class Member, class Send>
Outcome send_checked(const Member& member, Send send) {
  return after(after(check_reserved(member), [&] { return check_bounds(member); }), [&] { send(member); });
}

Outcome send_text(control::ClientLink& link, const char (&text)[260]) {
  const std::string_view given(text, strnlen(text, sizeof(text)));
  if (given.size() > 256) return bad_argument("text has at most 256 bytes");
  auto checked = take_text(std::string(given).c_str(), "text");
  if (!checked) return std::unexpected(checked.error());
  link.send(wire::TextEvent{std::move(*checked)});
  return {};
}

Outcome send_gamepad(control::ClientLink& link, const punktfunk_input& input) {
  const auto& data = input.data;
  switch (input.kind) {
    case PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL:
      return send_checked(data.arrival, [&](const auto& a) {
        link.send(wire::GamepadArrival{a.pad, static_cast<wire::GamepadKind>(a.kind), a.has, a.buttons});
      });
    case PUNKTFUNK_INPUT_GAMEPAD_REMOVAL:
      return after(check_pad(data.removed_pad), [&] { link.send(wire::GamepadRemoval{data.removed_pad}); });
    case PUNKTFUNK_INPUT_GAMEPAD:
      return send_checked(data.gamepad, [&](const auto& g) { link.gamepad(g.pad, g.buttons, axes_of(g)); });
    case PUNKTFUNK_INPUT_GAMEPAD_BATTERY:
      return send_checked(data.battery, [&](const auto& b) {
        link.send(wire::GamepadBattery{b.pad, static_cast<wire::BatteryState>(b.state), b.percent});
      });
    case PUNKTFUNK_INPUT_GAMEPAD_TOUCH:
      return send_checked(data.gamepad_touch, [&](const auto& t) {
        link.gamepad_touch(t.pad, static_cast<wire::TouchPhase>(t.phase), {t.contact, t.x, t.y, t.pressure});
      });
    default:
      return send_checked(data.gamepad_motion, [&](const auto& m) {
        link.gamepad_motion({m.pad, 0, std::to_array(m.acceleration), std::to_array(m.angular_speed)});
      });
  }
}

}  // namespace

Outcome send_input(control::ClientLink& link, const punktfunk_input& input) {
  const auto& data = input.data;
  switch (input.kind) {
    case PUNKTFUNK_INPUT_KEY:
      return send_checked(data.key, [&](const auto& k) { link.send(wire::KeyEvent{k.code, k.pressed != 0}); });
    case PUNKTFUNK_INPUT_BUTTON:
      return send_checked(data.key,
                          [&](const auto& k) { link.send(wire::ButtonEvent{k.code, k.pressed != 0, link.pointer()}); });
    case PUNKTFUNK_INPUT_WHEEL:
      link.send(wire::WheelEvent{data.wheel.vertical, data.wheel.horizontal, link.pointer()});
      return {};
    case PUNKTFUNK_INPUT_TEXT: return send_text(link, data.text);
    case PUNKTFUNK_INPUT_RELEASE_ALL: link.send(wire::ReleaseAllEvent{}); return {};
    case PUNKTFUNK_INPUT_TOUCH:
      return send_checked(data.touch, [&](const auto& t) {
        link.touch(static_cast<wire::TouchPhase>(t.phase), {t.contact, t.x, t.y, t.pressure});
      });
    case PUNKTFUNK_INPUT_PEN: return send_checked(data.pen, [&](const auto& p) { link.pen(pen_of(p)); });
    case PUNKTFUNK_INPUT_POINTER_MOTION: link.move_pointer(data.motion.dx, data.motion.dy); return {};
    case PUNKTFUNK_INPUT_POINTER_POSITION: link.place_pointer(data.position.x, data.position.y); return {};
    case PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL:
    case PUNKTFUNK_INPUT_GAMEPAD_REMOVAL:
    case PUNKTFUNK_INPUT_GAMEPAD:
    case PUNKTFUNK_INPUT_GAMEPAD_BATTERY:
    case PUNKTFUNK_INPUT_GAMEPAD_TOUCH:
    case PUNKTFUNK_INPUT_GAMEPAD_MOTION: return send_gamepad(link, input);
    default: return bad_argument("no such kind of input");
  }
}

punktfunk_input input_of(std::uint32_t kind) {
  punktfunk_input input{};
  input.struct_size = sizeof(input);
  input.kind = kind;
  return input;
}

punktfunk_input to_c(wire::TouchPhase phase, const wire::TouchContact& contact) {
  auto input = input_of(PUNKTFUNK_INPUT_TOUCH);
  input.data.touch = {contact.id, contact.x, contact.y, contact.pressure, static_cast<std::uint8_t>(phase), 0};
  return input;
}

punktfunk_input to_c(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) {
  auto input = input_of(PUNKTFUNK_INPUT_GAMEPAD_TOUCH);
  input.data.gamepad_touch = {contact.id, contact.x, contact.y, contact.pressure, static_cast<std::uint8_t>(phase),
                              pad};
  return input;
}

punktfunk_input to_c(const wire::PenState& pen) {
  auto input = input_of(PUNKTFUNK_INPUT_PEN);
  const auto bit = [](bool set, int flag) { return set ? flag : 0; };
  const int flags = bit(pen.in_range, PUNKTFUNK_PEN_IN_RANGE) | bit(pen.touching, PUNKTFUNK_PEN_TOUCHING) |
                    bit(pen.eraser, PUNKTFUNK_PEN_ERASER) | bit(pen.first_button, PUNKTFUNK_PEN_FIRST_BUTTON) |
                    bit(pen.second_button, PUNKTFUNK_PEN_SECOND_BUTTON);
  input.data.pen = {pen.x, pen.y, pen.pressure, pen.twist, pen.tilt_x, pen.tilt_y, static_cast<std::uint8_t>(flags), 0};
  return input;
}

punktfunk_input to_c(const wire::GamepadArrival& arrival) {
  auto input = input_of(PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL);
  input.data.arrival = {arrival.buttons, arrival.has, arrival.pad, static_cast<std::uint8_t>(arrival.kind)};
  return input;
}

punktfunk_input to_c(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) {
  auto input = input_of(PUNKTFUNK_INPUT_GAMEPAD);
  input.data.gamepad = {
      buttons, axes.left_x, axes.left_y, axes.right_x, axes.right_y, axes.left_trigger, axes.right_trigger, pad, 0};
  return input;
}

punktfunk_input to_c(const wire::GamepadMotion& motion) {
  auto input = input_of(PUNKTFUNK_INPUT_GAMEPAD_MOTION);
  auto& to = input.data.gamepad_motion;
  std::ranges::copy(motion.acceleration, to.acceleration);
  std::ranges::copy(motion.angular_speed, to.angular_speed);
  to.pad = motion.pad;
  return input;
}

punktfunk_input to_c(const wire::GamepadBattery& battery) {
  auto input = input_of(PUNKTFUNK_INPUT_GAMEPAD_BATTERY);
  input.data.battery = {battery.pad, static_cast<std::uint8_t>(battery.state), battery.percent, 0};
  return input;
}

}  // namespace pf::abi
