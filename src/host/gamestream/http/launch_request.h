// The parameters of /launch and /resume.
#pragma once

#include <string>

#include "host/gamestream/http/query.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

/// What the query says; who asks and for which app is the caller's to fill in. Errors: malformed (a key, a number or a
/// mode that is missing or none; says which).
Result<Launch> read_launch(const Query& query);

}  // namespace pf::host::gamestream
