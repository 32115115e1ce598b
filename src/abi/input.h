// What a user did, in the ABI's form and in the wire's.
#pragma once

#include <punktfunk/punktfunk.h>

#include "abi/boundary.h"
#include "control/link/client_link.h"

namespace pf::abi {

/// Errors: INVALID_ARGUMENT (an unknown kind, a number or a text out of bounds); NEWER_STRUCT (what is reserved is
/// set).
Outcome send_input(control::ClientLink& link, const punktfunk_input& input);

// For a host, which receives it.
punktfunk_input input_of(std::uint32_t kind);
punktfunk_input to_c(wire::TouchPhase phase, const wire::TouchContact& contact);
punktfunk_input to_c(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact);
punktfunk_input to_c(const wire::PenState& pen);
punktfunk_input to_c(const wire::GamepadArrival& arrival);
punktfunk_input to_c(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes);
punktfunk_input to_c(const wire::GamepadMotion& motion);
punktfunk_input to_c(const wire::GamepadBattery& battery);

}  // namespace pf::abi
