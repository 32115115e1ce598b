// Counts the allocations of the whole test program, so that a test can hold code to its memory bounds.
// A program that links it has its allocator replaced: on glibc malloc and its kin, and so everything that anybody
// takes; elsewhere and under a sanitizer, which has an allocator of its own, operator new of every kind.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pf::test {

struct Allocations {
  std::uint64_t count = 0;  // since the program's start
  std::size_t bytes = 0;    // held now
  std::size_t peak = 0;     // the most held since reset_peak()
};

[[nodiscard]] Allocations allocations();
/// Since the thread's start.
[[nodiscard]] std::uint64_t allocations_of_this_thread();
/// By the number that Linux gives it, which may have been another thread's before; 0 on other systems.
[[nodiscard]] std::uint64_t allocations_of_thread(int thread);
void reset_allocation_peak();

}  // namespace pf::test
