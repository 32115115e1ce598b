// What this software calls itself.
#pragma once

namespace pf {

const char* software_version();  // "0.1.0"
const char* software_name();     // "punktfunk 0.1.0"

}  // namespace pf
