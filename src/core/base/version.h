// What this software calls itself.
#pragma once

#include <string_view>

namespace pf {

std::string_view software_version();  // "0.1.0"
std::string_view software_name();     // "punktfunk 0.1.0"

}  // namespace pf
