#include "host/linux/uinput/touchpad.h"

#include "host/linux/uinput/gamepad_layout.h"

namespace pf::host {

bool has_touchpad(const wire::GamepadArrival& pad) {
  return (pad.has & wire::gamepad_has::touchpad) != 0 && shown_kind(pad) == wire::GamepadKind::playstation;
}

Touchpad::Touchpad(const DeviceProfile& gamepad) : contacts_({.slots = 2, .right = 1919, .bottom = 1079}) {
  profile_.name = gamepad.name + " Touchpad";
  profile_.id = gamepad.id;
  profile_.properties = {INPUT_PROP_POINTER, INPUT_PROP_BUTTONPAD};
  profile_.keys = {BTN_LEFT, BTN_TOOL_FINGER, BTN_TOOL_DOUBLETAP};
  contacts_.add_axes(profile_);
}

void Touchpad::report(wire::TouchPhase phase, const wire::TouchContact& contact, EventFrame& to) {
  contacts_.report(phase, contact, to);
  to.set(EV_KEY, BTN_TOOL_FINGER, contacts_.contacts() == 1 ? 1 : 0);
  to.set(EV_KEY, BTN_TOOL_DOUBLETAP, contacts_.contacts() == 2 ? 1 : 0);
}

void Touchpad::report_buttons(std::uint32_t buttons, EventFrame& to) const {
  to.set(EV_KEY, BTN_LEFT, (buttons & wire::gamepad_button::touchpad) != 0 ? 1 : 0);
}

}  // namespace pf::host
