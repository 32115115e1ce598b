// From the command line to what a session is started with.
#pragma once

#include "client/cli/client_state.h"
#include "client/cli/commands.h"
#include "control/link/client_link.h"

namespace pf::client {

/// Errors: invalid_argument (mode, bitrate, channels), not_found, unauthenticated (never paired with this host).
Result<control::LinkOptions> make_link_options(const SessionArguments& arguments, ClientState& state);

}  // namespace pf::client
