// A device that is plugged in, and what it has said so far.
#pragma once

#include <utility>

#include "host/linux/uinput/event_frame.h"
#include "host/linux/uinput/uinput_device.h"

namespace pf::host {

struct Source {
  UinputDevice device;
  EventFrame frame;

  /// Errors: as UinputDevice::create().
  static Result<Source> create(const DeviceProfile& profile) {
    auto device = UinputDevice::create(profile);
    if (!device) return std::unexpected(device.error());
    return Source{std::move(*device), EventFrame(profile)};
  }
  /// What the frame holds. Errors: io.
  Result<void> send() { return device.write(frame.take()); }
};

}  // namespace pf::host
