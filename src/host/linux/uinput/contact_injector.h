// Touch and pen for a compositor that has no protocol for them: devices by uinput, tied to the session's display.
#pragma once

#include <memory>
#include <string>

#include "host/linux/uinput/device_mapping.h"
#include "host/seams/input_injector.h"

namespace pf::host {

/// All else is for `rest` to do. The devices are there from the first touch on: most sessions have none. `label` is
/// part of their names, and no other session's on this machine.
std::unique_ptr<InputInjector> with_contacts(std::unique_ptr<InputInjector> rest,
                                             std::unique_ptr<DeviceMapping> mapping, const std::string& label);

}  // namespace pf::host
