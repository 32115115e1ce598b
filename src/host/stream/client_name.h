// Text from clients, made fit for logs, lists and terminals.
#pragma once

#include <string>
#include <string_view>

#include "control/trust/identity.h"

namespace pf::host {

/// Without control characters, which could write what they like into a terminal. `text` is UTF-8, and so is the result.
std::string printable(std::string_view text);

/// What to call a client: its own name, at most 64 bytes of it, or its fingerprint's first digits if it has none.
std::string client_name(std::string_view said, const control::Fingerprint& peer);

}  // namespace pf::host
