// A command as a person writes it, taken apart without a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace pf::host {

/// Words between white space. Single quotes keep everything, double quotes all but \" and \\; elsewhere a backslash
/// keeps the next character. Nothing else means anything: no variables, no pipes, no patterns. Errors: malformed (a
/// quote that does not end, a backslash at the end).
Result<std::vector<std::string>> command_words(std::string_view text);

}  // namespace pf::host
