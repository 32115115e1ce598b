// The backends of a Linux machine, behind one value.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "host/linux/input/wlr_injector.h"
#include "host/seams/platform.h"

namespace pf::host {

/// `keyboard` is what clients' keys mean on the displays. `clock` outlives the platform. Opens nothing yet: what can
/// run is asked for anew by each call, so that a compositor or a sound server that comes later is found.
std::unique_ptr<Platform> make_linux_platform(KeyboardNames keyboard, const Clock& clock);

}  // namespace pf::host
