#include "control/link/device_sender.h"

#include <algorithm>

namespace pf::control {
namespace {

bool same_buttons(const wire::PenState& a, const wire::PenState& b) {
  return a.in_range == b.in_range && a.touching == b.touching && a.eraser == b.eraser &&
         a.first_button == b.first_button && a.second_button == b.second_button;
}

}  // namespace

std::optional<std::variant<wire::TouchEvent, wire::TouchMotion>> ContactSender::say(wire::TouchPhase phase,
                                                                                    const wire::TouchContact& contact) {
  const auto found = std::ranges::find(contacts_, contact.id, &wire::TouchContact::id);
  const bool is_down = found != contacts_.end();
  if (phase == wire::TouchPhase::down) {
    if (is_down || contacts_.size() >= wire::max_touch_contacts) return std::nullopt;
    contacts_.push_back(contact);
  } else if (!is_down) {
    return std::nullopt;
  } else if (phase == wire::TouchPhase::move) {
    *found = contact;
    return wire::TouchMotion{++sequence_, contacts_};
  } else {
    contacts_.erase(found);
  }
  return wire::TouchEvent{++sequence_, phase, contact};
}

DeviceSender::Outgoing DeviceSender::touch(wire::TouchPhase phase, const wire::TouchContact& contact) {
  const std::lock_guard lock(mutex_);
  const auto said = screen_.say(phase, contact);
  if (!said) return std::nullopt;
  if (const auto* motion = std::get_if<wire::TouchMotion>(&*said)) return wire::UnreliableInput(*motion);
  return wire::ReliableInput(std::get<wire::TouchEvent>(*said));
}

DeviceSender::Outgoing DeviceSender::gamepad_touch(std::uint8_t pad, wire::TouchPhase phase,
                                                   const wire::TouchContact& contact) {
  if (pad >= pads_.size()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto said = pads_[pad].touchpad.say(phase, contact);
  if (!said) return std::nullopt;
  if (const auto* motion = std::get_if<wire::TouchMotion>(&*said))
    return wire::UnreliableInput(wire::GamepadTouchMotion{pad, *motion});
  return wire::ReliableInput(wire::GamepadTouch{pad, std::get<wire::TouchEvent>(*said)});
}

DeviceSender::Outgoing DeviceSender::pen(wire::PenState state) {
  const std::lock_guard lock(mutex_);
  state.sequence = pen_.sequence + 1;
  const bool moved_only = same_buttons(state, pen_);
  pen_ = state;
  if (!moved_only) return wire::ReliableInput(wire::PenEvent{state});
  if (!state.in_range) return std::nullopt;
  return wire::UnreliableInput(wire::PenMotion{state});
}

DeviceSender::Outgoing DeviceSender::gamepad(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) {
  if (pad >= pads_.size()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  auto& last = pads_[pad];
  const bool pressed = buttons != last.buttons;
  if (!pressed && axes == last.axes) return std::nullopt;
  last.buttons = buttons;
  last.axes = axes;
  ++last.sequence;
  if (pressed) return wire::ReliableInput(wire::GamepadEvent{pad, last.sequence, buttons, axes});
  return wire::UnreliableInput(wire::GamepadSticks{pad, last.sequence, axes});
}

DeviceSender::Outgoing DeviceSender::gamepad_motion(wire::GamepadMotion motion) {
  if (motion.pad >= pads_.size()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  motion.sequence = ++pads_[motion.pad].motion_sequence;
  return wire::UnreliableInput(motion);
}

void DeviceSender::forget_gamepad(std::uint8_t pad) {
  if (pad >= pads_.size()) return;
  const std::lock_guard lock(mutex_);
  pads_[pad].buttons = 0;
  pads_[pad].axes = {};
  pads_[pad].touchpad.forget();
}

bool DeviceSender::is_newest(const wire::UnreliableInput& motion) const {
  const std::lock_guard lock(mutex_);
  if (const auto* touch = std::get_if<wire::TouchMotion>(&motion)) return touch->sequence == screen_.sequence();
  if (const auto* pen = std::get_if<wire::PenMotion>(&motion)) return pen->pen.sequence == pen_.sequence;
  if (const auto* sticks = std::get_if<wire::GamepadSticks>(&motion))
    return sticks->sequence == pads_[sticks->pad].sequence;
  if (const auto* turned = std::get_if<wire::GamepadMotion>(&motion))
    return turned->sequence == pads_[turned->pad].motion_sequence;
  if (const auto* touched = std::get_if<wire::GamepadTouchMotion>(&motion))
    return touched->motion.sequence == pads_[touched->pad].touchpad.sequence();
  return false;  // the pointer is PointerSender's
}

}  // namespace pf::control
