// Gamepads by uinput: games find them as if they were plugged in.
#pragma once

#include <memory>

#include "core/base/clock.h"
#include "host/seams/gamepad_hub.h"

namespace pf::host {

/// `clock` outlives the hub. Errors: io.
Result<std::unique_ptr<GamepadHub>> open_uinput_gamepads(GamepadHub::OnFeedback on_feedback, const Clock& clock);

}  // namespace pf::host
