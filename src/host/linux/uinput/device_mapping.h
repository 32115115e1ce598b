// Whose display an input device belongs to: the compositor's affair, which each has its own way to be told.
#pragma once

#include "core/base/error.h"
#include "host/linux/uinput/device_profile.h"

namespace pf::host {

/// Of one display. One thread.
class DeviceMapping {
 public:
  virtual ~DeviceMapping() = default;
  /// Before the device is there. Errors: closed, refused.
  virtual Result<void> announce(const DeviceProfile& device) = 0;
  /// Returns when the compositor has taken the device. Errors: closed, unsupported (it takes none).
  virtual Result<void> await(const DeviceProfile& device) = 0;
};

}  // namespace pf::host
