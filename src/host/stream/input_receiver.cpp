#include "host/stream/input_receiver.h"

#include <variant>

#include "core/wire/serial.h"

namespace pf::host {
namespace {

constexpr double sixteenth = 1.0 / 16;
constexpr double full_scale = 65'535;

// Modulo 2^32, so that a total may wrap.
std::int32_t difference(std::int32_t now, std::int32_t before) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(before));
}

}  // namespace

struct InputReceiver::Apply {
  InputReceiver& to;

  Result<void> operator()(const wire::KeyEvent& event) const {
    if (!changes(to.keys_, event.code, event.pressed)) return {};
    return to.injector_.key(event.code, event.pressed);
  }
  Result<void> operator()(const wire::ButtonEvent& event) const {
    if (auto moved = to.follow(event.at); !moved) return moved;
    if (!changes(to.buttons_, event.code, event.pressed)) return {};
    return to.injector_.button(event.code, event.pressed);
  }
  Result<void> operator()(const wire::WheelEvent& event) const {
    if (auto moved = to.follow(event.at); !moved) return moved;
    if (event.vertical == 0 && event.horizontal == 0) return {};
    return to.injector_.wheel(event.vertical, event.horizontal);
  }
  Result<void> operator()(const wire::TextEvent& event) const {
    if (event.utf8.empty()) return {};
    return to.injector_.text(event.utf8);
  }
  Result<void> operator()(const wire::ReleaseAllEvent&) const {
    to.release_all();
    return {};
  }
  Result<void> operator()(const wire::PointerState& pointer) const { return to.follow(pointer); }
  template <class Event>
  Result<void> operator()(const Event& event) const {
    if constexpr (requires { to.touch_.apply(event); })
      return to.touch_.apply(event);
    else
      return to.gamepads_.apply(event);
  }
};

// Whether the event changes anything: the host's own keyboard repeats keys, and a code out of bounds names none.
bool InputReceiver::changes(Held& held, std::uint16_t code, bool pressed) {
  if (code >= max_input_code || held[code] == pressed) return false;
  held[code] = pressed;
  return true;
}

Result<void> InputReceiver::apply(const wire::ReliableInput& event) {
  return std::visit(Apply{*this}, event);
}

Result<void> InputReceiver::apply(const wire::UnreliableInput& newest) {
  return std::visit(Apply{*this}, newest);
}

Result<void> InputReceiver::follow(const wire::PointerState& pointer) {
  const auto before = last_.value_or(wire::PointerState{});
  if (last_ && !wire::newer(pointer.sequence, before.sequence)) return {};
  last_ = pointer;
  if (pointer.absolute) return injector_.place(pointer.x / full_scale, pointer.y / full_scale);
  const auto dx = difference(pointer.total_dx, before.total_dx);
  const auto dy = difference(pointer.total_dy, before.total_dy);
  if (dx == 0 && dy == 0) return {};
  return injector_.move(dx * sixteenth, dy * sixteenth);
}

void InputReceiver::release_all() {
  keys_.reset();
  buttons_.reset();
  touch_.release_all();
  gamepads_.release_all();
  injector_.release_all();
}

}  // namespace pf::host
