// A touch screen of a client, as the kernel shows one.
#pragma once

#include <string>

#include "host/linux/uinput/multitouch.h"

namespace pf::host {

class TouchScreen {
 public:
  explicit TouchScreen(std::string name);

  [[nodiscard]] const DeviceProfile& profile() const { return profile_; }
  void report(wire::TouchPhase phase, const wire::TouchContact& contact, EventFrame& to) {
    contacts_.report(phase, contact, to);
  }

 private:
  Multitouch contacts_;
  DeviceProfile profile_;
};

}  // namespace pf::host
