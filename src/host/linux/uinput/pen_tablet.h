// A pen of a client on a tablet that is a screen, as the kernel shows one.
#pragma once

#include <string>

#include "core/wire/device_events.h"
#include "host/linux/uinput/device_profile.h"
#include "host/linux/uinput/event_frame.h"

namespace pf::host {

/// One pen, one thread.
class PenTablet {
 public:
  explicit PenTablet(std::string name);

  [[nodiscard]] const DeviceProfile& profile() const { return profile_; }
  void report(const wire::PenState& pen, EventFrame& to);

 private:
  DeviceProfile profile_;
  wire::PenState last_;
};

}  // namespace pf::host
