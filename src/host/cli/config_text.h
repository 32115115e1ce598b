// Keeps everything but ASCII away from toml++ 3.3, which takes some letters for impossible where it looks for white
// space ("name = Büro"), and then does anything at all.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace pf::host {

/// The same text, with ~ and two hex digits for each tilde and each byte beyond ASCII: as wrong outside quotes and
/// comments as those are, and as right within.
/// Errors: malformed, with `origin` and the line (a control character, or not UTF-8).
Result<std::string> to_plain_text(std::string_view text, const std::string& origin);

/// The other way round, for what stood within quotes.
std::string from_plain_text(std::string_view plain);

}  // namespace pf::host
