#include "host/stream/gamepad_receiver.h"

#include "core/wire/serial.h"

namespace pf::host {

GamepadReceiver::Pad* GamepadReceiver::plugged(std::uint8_t pad) {
  return pad < pads_.size() && pads_[pad] ? &*pads_[pad] : nullptr;
}

Result<void> GamepadReceiver::apply(const wire::GamepadArrival& arrival) {
  if (arrival.pad >= pads_.size()) return {};
  if (plugged(arrival.pad)) (void)apply(wire::GamepadRemoval{arrival.pad});
  if (!hub_) {
    auto opened = open_();
    if (!opened) return std::unexpected(opened.error().within("gamepads do nothing"));
    hub_ = std::move(*opened);
  }
  if (auto done = hub_->plug(arrival); !done) return done;
  pads_[arrival.pad].emplace(Pad{
      .sequence = {},
      .buttons = 0,
      .axes = {},
      .motion = {},
      .touchpad = ContactOrder([this, pad = arrival.pad](wire::TouchPhase phase, const wire::TouchContact& contact) {
        return hub_->touch(pad, phase, contact);
      })});
  return {};
}

Result<void> GamepadReceiver::apply(const wire::GamepadRemoval& removal) {
  if (!plugged(removal.pad)) return {};
  pads_[removal.pad].reset();
  hub_->unplug(removal.pad);
  return {};
}

Result<void> GamepadReceiver::apply(const wire::GamepadEvent& event) {
  auto* pad = plugged(event.pad);
  if (!pad) return {};
  pad->sequence = event.sequence;
  pad->buttons = event.buttons;
  pad->axes = event.axes;
  return hub_->update(event.pad, event.buttons, event.axes);
}

// Buttons are as the last event said, which a datagram may have overtaken.
Result<void> GamepadReceiver::apply(const wire::GamepadSticks& sticks) {
  auto* pad = plugged(sticks.pad);
  if (!pad || (pad->sequence && !wire::newer(sticks.sequence, *pad->sequence))) return {};
  pad->sequence = sticks.sequence;
  pad->axes = sticks.axes;
  return hub_->update(sticks.pad, pad->buttons, sticks.axes);
}

Result<void> GamepadReceiver::apply(const wire::GamepadMotion& motion) {
  auto* pad = plugged(motion.pad);
  if (!pad || (pad->motion && !wire::newer(motion.sequence, *pad->motion))) return {};
  pad->motion = motion.sequence;
  return hub_->move(motion);
}

Result<void> GamepadReceiver::apply(const wire::GamepadBattery& battery) {
  return plugged(battery.pad) ? hub_->battery(battery) : Result<void>{};
}

Result<void> GamepadReceiver::apply(const wire::GamepadTouch& event) {
  auto* pad = plugged(event.pad);
  return pad ? pad->touchpad.apply(event.touch) : Result<void>{};
}

Result<void> GamepadReceiver::apply(const wire::GamepadTouchMotion& motion) {
  auto* pad = plugged(motion.pad);
  return pad ? pad->touchpad.apply(motion.motion) : Result<void>{};
}

void GamepadReceiver::release_all() {
  for (std::size_t i = 0; i < pads_.size(); ++i) {
    const auto number = static_cast<std::uint8_t>(i);
    auto* pad = plugged(number);
    if (pad) pad->touchpad.cancel_all();
    if (!pad || (pad->buttons == 0 && pad->axes == wire::GamepadAxes{})) continue;
    pad->buttons = 0;
    pad->axes = {};
    (void)hub_->update(number, 0, {});
  }
}

}  // namespace pf::host
