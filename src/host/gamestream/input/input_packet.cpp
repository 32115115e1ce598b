#include "host/gamestream/input/input_packet.h"

#include <bit>
#include <cmath>

#include "core/wire/bytes.h"
#include "core/wire/utf8.h"
#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::size_t max_text = 32;

enum class Magic : std::uint32_t {
  key_down = 0x03,
  key_up = 0x04,
  pointer_place = 0x05,
  pointer_move = 0x07,
  button_down = 0x08,
  button_up = 0x09,
  scroll = 0x0A,
  gamepad = 0x0C,
  haptics = 0x0D,
  text = 0x17,
  horizontal_scroll = 0x55000001,
  touch = 0x55000002,
  pen = 0x55000003,
  gamepad_arrival = 0x55000004,
  gamepad_touch = 0x55000005,
  gamepad_motion = 0x55000006,
  gamepad_battery = 0x55000007,
};

/// The core's reader and what GameStream has beside it. Remembers whether something was no number.
class Fields : public wire::Reader {
 public:
  using Reader::Reader;
  std::int16_t read_be16() {
    const auto bytes = take(2);
    return bytes.empty() ? std::int16_t{0} : static_cast<std::int16_t>(load_be<std::uint16_t>(bytes));
  }
  float read_float() {
    const auto value = std::bit_cast<float>(read<std::uint32_t>());
    if (std::isfinite(value)) return value;
    sane_ = false;
    return 0;
  }
  ContactPhase read_phase() {
    const auto phase = read<std::uint8_t>();
    if (phase > static_cast<std::uint8_t>(ContactPhase::cancel_all)) sane_ = false;
    return static_cast<ContactPhase>(phase);
  }
  template <std::unsigned_integral T>
  std::uint8_t read_pad() {
    const auto pad = read<T>();
    if (pad >= max_pads) sane_ = false;
    return static_cast<std::uint8_t>(pad);
  }
  [[nodiscard]] bool sane() const { return sane_; }

 private:
  bool sane_ = true;
};

KeyPacket read_key(Fields& in, bool pressed) {
  KeyPacket key{.code = 0, .pressed = pressed, .modifiers = 0};
  (void)in.read<std::uint8_t>();  // whether the code is a US keyboard's, or the client's own layout's: not told apart
  key.code = static_cast<std::uint8_t>(in.read<std::uint16_t>());  // above it, a bit that is always set
  key.modifiers = in.read<std::uint8_t>();
  return key;
}

PointerPlace read_place(Fields& in) {
  PointerPlace place;
  place.x = in.read_be16();
  place.y = in.read_be16();
  (void)in.read_be16();
  place.width = in.read_be16();
  place.height = in.read_be16();
  return place;
}

TouchPacket read_touch(Fields& in) {
  TouchPacket touch;
  touch.phase = in.read_phase();
  (void)in.take(3);  // reserved, rotation
  touch.pointer = in.read<std::uint32_t>();
  touch.x = in.read_float();
  touch.y = in.read_float();
  touch.pressure = in.read_float();
  (void)in.take(8);  // the contact's axes
  return touch;
}

PenPacket read_pen(Fields& in) {
  constexpr std::uint8_t eraser_tool = 2;
  PenPacket pen;
  pen.phase = in.read_phase();
  pen.eraser = in.read<std::uint8_t>() == eraser_tool;
  pen.buttons = in.read<std::uint8_t>();
  (void)in.take(1);
  pen.x = in.read_float();
  pen.y = in.read_float();
  pen.pressure = in.read_float();
  pen.rotation = in.read<std::uint16_t>();
  pen.tilt = in.read<std::uint8_t>();
  (void)in.take(9);
  return pen;
}

GamepadPacket read_gamepad(Fields& in) {
  GamepadPacket pad;
  (void)in.take(2);
  pad.pad = in.read_pad<std::uint16_t>();
  pad.attached = in.read<std::uint16_t>();
  (void)in.take(2);
  pad.buttons = in.read<std::uint16_t>();
  pad.left_trigger = in.read<std::uint8_t>();
  pad.right_trigger = in.read<std::uint8_t>();
  pad.left_x = in.read<std::int16_t>();
  pad.left_y = in.read<std::int16_t>();
  pad.right_x = in.read<std::int16_t>();
  pad.right_y = in.read<std::int16_t>();
  (void)in.take(2);
  pad.buttons |= std::uint32_t{in.read<std::uint16_t>()} << 16;
  return pad;
}

GamepadArrivalPacket read_arrival(Fields& in) {
  GamepadArrivalPacket arrival;
  arrival.pad = in.read_pad<std::uint8_t>();
  arrival.kind = in.read<std::uint8_t>();
  arrival.capabilities = in.read<std::uint16_t>();
  arrival.buttons = in.read<std::uint32_t>();
  return arrival;
}

GamepadTouchPacket read_gamepad_touch(Fields& in) {
  GamepadTouchPacket touch;
  touch.pad = in.read_pad<std::uint8_t>();
  touch.phase = in.read_phase();
  (void)in.take(1);
  touch.touchpad = in.read<std::uint8_t>();
  touch.pointer = in.read<std::uint32_t>();
  touch.x = in.read_float();
  touch.y = in.read_float();
  touch.pressure = in.read_float();
  return touch;
}

GamepadMotionPacket read_motion(Fields& in) {
  constexpr std::uint8_t gyroscope = 2;
  GamepadMotionPacket motion;
  motion.pad = in.read_pad<std::uint8_t>();
  motion.gyroscope = in.read<std::uint8_t>() == gyroscope;
  (void)in.take(2);
  for (auto& axis : motion.value) axis = in.read_float();
  return motion;
}

GamepadBatteryPacket read_battery(Fields& in) {
  GamepadBatteryPacket battery;
  battery.pad = in.read_pad<std::uint8_t>();
  battery.state = in.read<std::uint8_t>();
  battery.percent = in.read<std::uint8_t>();
  return battery;
}

std::optional<InputPacket> read_body(Magic magic, Fields& in) {
  switch (magic) {
    case Magic::key_down: return read_key(in, true);
    case Magic::key_up: return read_key(in, false);
    case Magic::text: return TextPacket{std::string(in.take_text(in.remaining()))};
    case Magic::pointer_move: {
      const auto dx = in.read_be16();
      return PointerMove{.dx = dx, .dy = in.read_be16()};
    }
    case Magic::pointer_place: return read_place(in);
    case Magic::button_down: return ButtonPacket{.button = in.read<std::uint8_t>(), .pressed = true};
    case Magic::button_up: return ButtonPacket{.button = in.read<std::uint8_t>(), .pressed = false};
    case Magic::scroll: return ScrollPacket{.vertical = in.read_be16(), .horizontal = 0};
    case Magic::horizontal_scroll: return ScrollPacket{.vertical = 0, .horizontal = in.read_be16()};
    case Magic::touch: return read_touch(in);
    case Magic::pen: return read_pen(in);
    case Magic::gamepad: return read_gamepad(in);
    case Magic::gamepad_arrival: return read_arrival(in);
    case Magic::gamepad_touch: return read_gamepad_touch(in);
    case Magic::gamepad_motion: return read_motion(in);
    case Magic::gamepad_battery: return read_battery(in);
    case Magic::haptics: return HapticsPacket{in.read<std::uint16_t>() != 0};
  }
  return std::nullopt;
}

bool acceptable(const InputPacket& packet) {
  const auto* text = std::get_if<TextPacket>(&packet);
  return text == nullptr || (!text->utf8.empty() && text->utf8.size() <= max_text && wire::valid_utf8(text->utf8));
}

}  // namespace

Result<std::optional<InputPacket>> decode_input(std::span<const std::byte> packet) {
  constexpr std::size_t size_field = 4;
  if (packet.size() < size_field) return fail(ErrorCode::truncated, "an input packet ends early");
  if (load_be<std::uint32_t>(packet) != packet.size() - size_field)
    return fail(ErrorCode::malformed, "an input packet has another size than it says");
  Fields in(packet.subspan(size_field));
  const auto magic = static_cast<Magic>(in.read<std::uint32_t>());
  auto body = read_body(magic, in);
  if (!in.ok()) return fail(ErrorCode::truncated, "an input packet ends early");
  if (body && (!in.sane() || !acceptable(*body))) return fail(ErrorCode::malformed, "an input packet makes no sense");
  return body;
}

}  // namespace pf::host::gamestream
