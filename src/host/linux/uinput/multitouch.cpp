#include "host/linux/uinput/multitouch.h"

#include <algorithm>

namespace pf::host {
namespace {

constexpr std::int32_t most_tracking_id = 65'535;
constexpr std::int32_t no_contact = -1;

std::int32_t along(std::uint16_t share, std::int32_t most) {
  return static_cast<std::int32_t>(std::int64_t{share} * most / 65'535);
}

}  // namespace

void Multitouch::add_axes(DeviceProfile& profile) const {
  const auto last_slot = static_cast<std::int32_t>(surface_.slots) - 1;
  profile.axes.push_back({.code = ABS_MT_SLOT, .most = last_slot});
  profile.axes.push_back({.code = ABS_MT_TRACKING_ID, .most = most_tracking_id});
  profile.axes.push_back({.code = ABS_MT_POSITION_X, .most = surface_.right});
  profile.axes.push_back({.code = ABS_MT_POSITION_Y, .most = surface_.bottom});
  profile.axes.push_back({.code = ABS_MT_TOOL_TYPE, .most = MT_TOOL_PALM});
  // For those who know of one contact alone.
  profile.axes.push_back({.code = ABS_X, .most = surface_.right});
  profile.axes.push_back({.code = ABS_Y, .most = surface_.bottom});
  profile.keys.push_back(BTN_TOUCH);
  if (surface_.pressure) profile.axes.push_back({.code = ABS_MT_PRESSURE, .most = 65'535});
}

std::optional<std::size_t> Multitouch::slot_of(std::optional<std::uint32_t> contact) const {
  const auto end = slots_.begin() + static_cast<std::ptrdiff_t>(surface_.slots);
  const auto found = std::find(slots_.begin(), end, contact);
  if (found == end) return std::nullopt;
  return static_cast<std::size_t>(found - slots_.begin());
}

std::size_t Multitouch::contacts() const {
  return static_cast<std::size_t>(std::ranges::count_if(slots_, [](const auto& slot) { return slot.has_value(); }));
}

void Multitouch::place(const wire::TouchContact& contact, EventFrame& to) const {
  const auto x = along(contact.x, surface_.right);
  const auto y = along(contact.y, surface_.bottom);
  to.say(EV_ABS, ABS_MT_POSITION_X, x);
  to.say(EV_ABS, ABS_MT_POSITION_Y, y);
  if (surface_.pressure) to.say(EV_ABS, ABS_MT_PRESSURE, contact.pressure);
  const auto first = std::ranges::find_if(slots_, [](const auto& slot) { return slot.has_value(); });
  if (first == slots_.end() || **first != contact.id) return;
  to.set(EV_ABS, ABS_X, x);
  to.set(EV_ABS, ABS_Y, y);
}

void Multitouch::report(wire::TouchPhase phase, const wire::TouchContact& contact, EventFrame& to) {
  const auto known = slot_of(contact.id);
  if (phase == wire::TouchPhase::down) {
    const auto free = slot_of(std::nullopt);
    if (known || !free) return;
    slots_[*free] = contact.id;
    to.set(EV_ABS, ABS_MT_SLOT, static_cast<std::int32_t>(*free));
    to.say(EV_ABS, ABS_MT_TRACKING_ID, next_tracking_id_);
    to.say(EV_ABS, ABS_MT_TOOL_TYPE, MT_TOOL_FINGER);
    next_tracking_id_ = (next_tracking_id_ + 1) & most_tracking_id;
    place(contact, to);
  } else if (known) {
    to.set(EV_ABS, ABS_MT_SLOT, static_cast<std::int32_t>(*known));
    if (phase == wire::TouchPhase::move) {
      place(contact, to);
    } else {
      // A palm is what the protocol has for a contact that was none.
      if (phase == wire::TouchPhase::cancel) to.say(EV_ABS, ABS_MT_TOOL_TYPE, MT_TOOL_PALM);
      to.say(EV_ABS, ABS_MT_TRACKING_ID, no_contact);
      slots_[*known].reset();
    }
  }
  to.set(EV_KEY, BTN_TOUCH, contacts() > 0 ? 1 : 0);
}

}  // namespace pf::host
