#include "host/linux/uinput/event_frame.h"

namespace pf::host {

EventFrame::EventFrame(const DeviceProfile& profile) {
  for (const auto& axis : profile.axes) state_[{EV_ABS, axis.code}] = axis.rest;
}

void EventFrame::set(std::uint16_t type, std::uint16_t code, std::int32_t value) {
  if (std::exchange(state_[{type, code}], value) != value) say(type, code, value);
}

void EventFrame::say(std::uint16_t type, std::uint16_t code, std::int32_t value) {
  input_event event{};  // the kernel puts in the time
  event.type = type;
  event.code = code;
  event.value = value;
  events_.push_back(event);
}

std::span<const input_event> EventFrame::take() {
  if (!events_.empty()) say(EV_SYN, SYN_REPORT, 0);
  taken_.swap(events_);
  events_.clear();
  return taken_;
}

}  // namespace pf::host
