// Contacts on a surface, in the kernel's multitouch protocol B (Documentation/input/multi-touch-protocol.rst): each has
// a slot while it lasts, and a tracking id that no other has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/wire/device_events.h"
#include "host/linux/uinput/device_profile.h"
#include "host/linux/uinput/event_frame.h"

namespace pf::host {

/// One surface, one thread.
class Multitouch {
 public:
  struct Surface {
    std::size_t slots = wire::max_touch_contacts;  // at most so many
    std::int32_t right = 65'535;                   // where the wire's range ends
    std::int32_t bottom = 65'535;
    bool pressure = false;
  };
  explicit Multitouch(const Surface& surface) : surface_(surface) {}

  void add_axes(DeviceProfile& profile) const;
  /// What concerns a contact that is not down, and one too many, is left out.
  void report(wire::TouchPhase phase, const wire::TouchContact& contact, EventFrame& to);
  [[nodiscard]] std::size_t contacts() const;

 private:
  [[nodiscard]] std::optional<std::size_t> slot_of(std::optional<std::uint32_t> contact) const;
  void place(const wire::TouchContact& contact, EventFrame& to) const;

  Surface surface_;
  std::array<std::optional<std::uint32_t>, wire::max_touch_contacts> slots_;  // the contact that has it
  std::int32_t next_tracking_id_ = 0;
};

}  // namespace pf::host
