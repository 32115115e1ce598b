// Ties input devices to an output of Sway: its `input ... map_to_output` (sway-input(5)).
#pragma once

#include <memory>
#include <string>

#include "host/linux/uinput/device_mapping.h"

namespace pf::host {

/// To the output of this name. Asks Sway when there is a device.
std::unique_ptr<DeviceMapping> make_sway_device_mapping(std::string output);

}  // namespace pf::host
