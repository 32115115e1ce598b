#include "core/wire/input_events.h"

#include <array>

#include "core/wire/bytes.h"
#include "core/wire/utf8.h"

namespace pf::wire {
namespace {

constexpr std::size_t max_typed_text = 256;
constexpr std::uint8_t pointer_absolute = 0x01;

enum class InputKind : std::uint8_t {
  key = 1,
  button = 2,
  wheel = 3,
  text = 4,
  release_all = 5,
  touch = 6,
  pen = 7,
  gamepad_arrival = 8,
  gamepad_removal = 9,
  gamepad = 10,
  gamepad_battery = 11,
  gamepad_touch = 12,
};
enum class DatagramKind : std::uint8_t {
  motion = 1,
  clock_ping = 2,
  clock_pong = 3,
  feedback = 4,
  touch_motion = 6,
  pen_motion = 7,
  gamepad_sticks = 8,
  gamepad_motion = 9,
  gamepad_touch_motion = 10,
};
constexpr std::size_t max_datagram = 256;  // bytes; the longest is a gamepad's touch motion

void write_pointer(Writer& to, const PointerState& pointer) {
  to.write(pointer.sequence);
  to.write(pointer.total_dx);
  to.write(pointer.total_dy);
  to.write(static_cast<std::uint8_t>(pointer.absolute ? pointer_absolute : 0));
  to.write(pointer.x);
  to.write(pointer.y);
}

PointerState read_pointer(Reader& in) {
  PointerState pointer;
  pointer.sequence = in.read<std::uint32_t>();
  pointer.total_dx = in.read<std::int32_t>();
  pointer.total_dy = in.read<std::int32_t>();
  pointer.absolute = (in.read<std::uint8_t>() & pointer_absolute) != 0;
  pointer.x = in.read<std::uint16_t>();
  pointer.y = in.read<std::uint16_t>();
  return pointer;
}

struct InputWriter {
  Writer& to;
  void kind(InputKind kind) { to.write(static_cast<std::uint8_t>(kind)); }

  void operator()(const KeyEvent& event) {
    kind(InputKind::key);
    to.write(event.code);
    to.write(static_cast<std::uint8_t>(event.pressed));
  }
  void operator()(const ButtonEvent& event) {
    kind(InputKind::button);
    to.write(event.code);
    to.write(static_cast<std::uint8_t>(event.pressed));
    write_pointer(to, event.at);
  }
  void operator()(const WheelEvent& event) {
    kind(InputKind::wheel);
    to.write(event.vertical);
    to.write(event.horizontal);
    write_pointer(to, event.at);
  }
  void operator()(const TextEvent& event) {
    kind(InputKind::text);
    to.put(as_bytes(utf8_head(event.utf8, max_typed_text)));
  }
  void operator()(const ReleaseAllEvent&) { kind(InputKind::release_all); }
  void operator()(const TouchEvent& event) { put(InputKind::touch, event); }
  void operator()(const PenEvent& event) { put(InputKind::pen, event.pen); }
  void operator()(const GamepadArrival& event) { put(InputKind::gamepad_arrival, event); }
  void operator()(const GamepadRemoval& event) {
    kind(InputKind::gamepad_removal);
    to.write(event.pad);
  }
  void operator()(const GamepadEvent& event) { put(InputKind::gamepad, event); }
  void operator()(const GamepadBattery& event) { put(InputKind::gamepad_battery, event); }
  void operator()(const GamepadTouch& event) { put(InputKind::gamepad_touch, event); }

 private:
  template <class Body>
  void put(InputKind of, const Body& body) {
    kind(of);
    write_body(to, body);
  }
};

struct DatagramWriter {
  Writer& to;
  void kind(DatagramKind kind) { to.write(static_cast<std::uint8_t>(kind)); }

  void operator()(const MotionDatagram& datagram) {
    kind(DatagramKind::motion);
    write_pointer(to, datagram.pointer);
  }
  void operator()(const ClockPing& ping) {
    kind(DatagramKind::clock_ping);
    to.write(ping.id);
    to.write(ping.client_send_us);
  }
  void operator()(const ClockPong& pong) {
    kind(DatagramKind::clock_pong);
    to.write(pong.id);
    to.write(pong.client_send_us);
    to.write(pong.host_receive_us);
    to.write(pong.host_send_us);
  }
  void operator()(const Feedback& feedback) {
    kind(DatagramKind::feedback);
    to.write(feedback.sequence);
    to.write(feedback.time_us);
    to.write(feedback.packets_expected);
    to.write(feedback.packets_received);
    to.write(feedback.packets_lost);
    to.write(feedback.loss_runs);
    to.write(feedback.bytes_received);
    to.write(feedback.train_bytes);
    to.write(feedback.train_us);
    to.write(feedback.frames);
    to.write(feedback.least_delay_us);
    to.write(feedback.last_delay_us);
  }
  void operator()(const TouchMotion& motion) { put(DatagramKind::touch_motion, motion); }
  void operator()(const PenMotion& motion) { put(DatagramKind::pen_motion, motion.pen); }
  void operator()(const GamepadSticks& sticks) { put(DatagramKind::gamepad_sticks, sticks); }
  void operator()(const GamepadMotion& motion) { put(DatagramKind::gamepad_motion, motion); }
  void operator()(const GamepadTouchMotion& motion) { put(DatagramKind::gamepad_touch_motion, motion); }

 private:
  template <class Body>
  void put(DatagramKind of, const Body& body) {
    kind(of);
    write_body(to, body);
  }
};

struct AsDatagram {
  ControlDatagram operator()(const PointerState& pointer) const { return MotionDatagram{pointer}; }
  template <class Motion>
  ControlDatagram operator()(const Motion& motion) const {
    return motion;
  }
};

template <class Event>
Result<Event> as(Result<PenState> pen) {
  return pen ? Result<Event>(Event{*pen}) : std::unexpected(pen.error());
}

template <class T>
Result<std::optional<T>> if_whole(const Reader& in, T value) {
  if (!in.ok()) return fail(ErrorCode::truncated, "an input record ends too early");
  return std::optional<T>(std::move(value));
}
template <class T, class Part>
Result<std::optional<T>> if_whole(const Reader& in, Result<Part> part) {
  if (!part) return std::unexpected(part.error());
  return if_whole<T>(in, std::move(*part));
}

}  // namespace

std::vector<std::byte> encode_input(const ReliableInput& event) {
  std::array<std::byte, max_input_record + 2> buffer{};
  Writer to{std::span(buffer).subspan(2)};
  std::visit(InputWriter{to}, event);
  Writer(buffer).write(static_cast<std::uint16_t>(to.size()));
  return {buffer.begin(), buffer.begin() + 2 + static_cast<std::ptrdiff_t>(to.size())};
}

Result<std::optional<ReliableInput>> decode_input(std::span<const std::byte> record) {
  Reader in(record);
  const auto kind = in.read<std::uint8_t>();
  if (!in.ok()) return fail(ErrorCode::truncated, "an empty input record");
  switch (static_cast<InputKind>(kind)) {
    case InputKind::key: {
      KeyEvent event;
      event.code = in.read<std::uint16_t>();
      event.pressed = in.read<std::uint8_t>() != 0;
      return if_whole<ReliableInput>(in, event);
    }
    case InputKind::button: {
      ButtonEvent event;
      event.code = in.read<std::uint16_t>();
      event.pressed = in.read<std::uint8_t>() != 0;
      event.at = read_pointer(in);
      return if_whole<ReliableInput>(in, event);
    }
    case InputKind::wheel: {
      WheelEvent event;
      event.vertical = in.read<std::int32_t>();
      event.horizontal = in.read<std::int32_t>();
      event.at = read_pointer(in);
      return if_whole<ReliableInput>(in, event);
    }
    case InputKind::text: {
      const auto text = in.take_text(in.remaining());
      if (text.size() > max_typed_text || !valid_utf8(text))
        return fail(ErrorCode::malformed, "typed text is too long or not UTF-8");
      return if_whole<ReliableInput>(in, TextEvent{std::string(text)});
    }
    case InputKind::release_all: return if_whole<ReliableInput>(in, ReleaseAllEvent{});
    case InputKind::touch: return if_whole<ReliableInput>(in, read_touch_event(in));
    case InputKind::pen: return if_whole<ReliableInput>(in, as<PenEvent>(read_pen(in)));
    case InputKind::gamepad_arrival: return if_whole<ReliableInput>(in, read_gamepad_arrival(in));
    case InputKind::gamepad_removal: return if_whole<ReliableInput>(in, GamepadRemoval{in.read<std::uint8_t>()});
    case InputKind::gamepad: return if_whole<ReliableInput>(in, read_gamepad_event(in));
    case InputKind::gamepad_battery: return if_whole<ReliableInput>(in, read_gamepad_battery(in));
    case InputKind::gamepad_touch: return if_whole<ReliableInput>(in, read_gamepad_touch(in));
  }
  return std::nullopt;
}

ControlDatagram as_datagram(const UnreliableInput& motion) {
  return std::visit(AsDatagram{}, motion);
}

std::vector<std::byte> encode_datagram(const ControlDatagram& datagram) {
  std::array<std::byte, max_datagram> buffer{};
  Writer to(buffer);
  std::visit(DatagramWriter{to}, datagram);
  return {to.written().begin(), to.written().end()};
}

Result<std::optional<ControlDatagram>> decode_datagram(std::span<const std::byte> bytes) {
  Reader in(bytes);
  const auto kind = in.read<std::uint8_t>();
  if (!in.ok()) return fail(ErrorCode::truncated, "an empty datagram");
  switch (static_cast<DatagramKind>(kind)) {
    case DatagramKind::motion: return if_whole<ControlDatagram>(in, MotionDatagram{read_pointer(in)});
    case DatagramKind::clock_ping: {
      ClockPing ping;
      ping.id = in.read<std::uint32_t>();
      ping.client_send_us = in.read<std::uint64_t>();
      return if_whole<ControlDatagram>(in, ping);
    }
    case DatagramKind::clock_pong: {
      ClockPong pong;
      pong.id = in.read<std::uint32_t>();
      pong.client_send_us = in.read<std::uint64_t>();
      pong.host_receive_us = in.read<std::uint64_t>();
      pong.host_send_us = in.read<std::uint64_t>();
      return if_whole<ControlDatagram>(in, pong);
    }
    case DatagramKind::feedback: {
      Feedback feedback;
      feedback.sequence = in.read<std::uint32_t>();
      feedback.time_us = in.read<std::uint32_t>();
      feedback.packets_expected = in.read<std::uint32_t>();
      feedback.packets_received = in.read<std::uint32_t>();
      feedback.packets_lost = in.read<std::uint32_t>();
      feedback.loss_runs = in.read<std::uint32_t>();
      feedback.bytes_received = in.read<std::uint32_t>();
      feedback.train_bytes = in.read<std::uint32_t>();
      feedback.train_us = in.read<std::uint32_t>();
      feedback.frames = in.read<std::uint32_t>();
      feedback.least_delay_us = in.read<std::int32_t>();
      feedback.last_delay_us = in.read<std::int32_t>();
      return if_whole<ControlDatagram>(in, feedback);
    }
    case DatagramKind::touch_motion: return if_whole<ControlDatagram>(in, read_touch_motion(in));
    case DatagramKind::pen_motion: return if_whole<ControlDatagram>(in, as<PenMotion>(read_pen(in)));
    case DatagramKind::gamepad_sticks: return if_whole<ControlDatagram>(in, read_gamepad_sticks(in));
    case DatagramKind::gamepad_motion: return if_whole<ControlDatagram>(in, read_gamepad_motion(in));
    case DatagramKind::gamepad_touch_motion: return if_whole<ControlDatagram>(in, read_gamepad_touch_motion(in));
  }
  return std::nullopt;
}

}  // namespace pf::wire
