// Counts what the program takes from the heap by `new`.
#pragma once

#include <cstddef>

namespace pf::test {

/// How often since the start.
std::size_t allocations();

}  // namespace pf::test
