// Virtual displays as headless outputs of Sway.
#pragma once

#include <memory>

#include "host/seams/virtual_display.h"

namespace pf::host {

/// Sway 1.8 and later unplug an output; 1.7 can only disable it, so there it is kept for the next client instead.
std::unique_ptr<VirtualDisplayBackend> make_sway_display_backend();

}  // namespace pf::host
