// What to call clients in logs and lists.
#pragma once

#include <string>
#include <string_view>

#include "control/trust/identity.h"

namespace pf::host {

/// What to call a client: its own name, at most 64 bytes of it, or its fingerprint's first digits if it has none.
std::string client_name(std::string_view said, const control::Fingerprint& peer);

}  // namespace pf::host
