// What must hold whatever the input: a fuzzer finds a broken promise as it finds a crash.
#pragma once

#include <cstdlib>

namespace pf::fuzz {

inline void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace pf::fuzz
