// The meter where it can be the C library's allocator: every malloc of the whole program is counted, the libraries' as
// well, and so every operator new.
#include <malloc.h>

#include <cerrno>
#include <cstddef>

#include "support/allocation_count.h"

// What glibc's own functions of these names do.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);
}

namespace pf::test {
namespace {

constinit AllocationCount count;

void* taken(void* memory) {
  if (memory != nullptr) count.taken(malloc_usable_size(memory));
  return memory;
}

void given_back(void* memory) {
  if (memory != nullptr) count.given_back(malloc_usable_size(memory));
}

}  // namespace

Allocations allocations() {
  return count.figures();
}

std::uint64_t allocations_of_this_thread() {
  return count.of_this_thread();
}

std::uint64_t allocations_of_thread(int thread) {
  return count.of_thread(thread);
}

void reset_allocation_peak() {
  count.reset_peak();
}

}  // namespace pf::test

#define PF_REPLACES_LIBC extern "C" __attribute__((visibility("default")))

PF_REPLACES_LIBC void* malloc(std::size_t size) noexcept {
  return pf::test::taken(__libc_malloc(size));
}
PF_REPLACES_LIBC void* calloc(std::size_t count, std::size_t size) noexcept {
  return pf::test::taken(__libc_calloc(count, size));
}
PF_REPLACES_LIBC void* realloc(void* memory, std::size_t size) noexcept {
  const auto before = memory == nullptr ? 0 : malloc_usable_size(memory);
  void* const moved = __libc_realloc(memory, size);
  if (moved != nullptr || size == 0) pf::test::count.given_back(before);
  return pf::test::taken(moved);
}
PF_REPLACES_LIBC void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return pf::test::taken(__libc_memalign(alignment, size));
}
PF_REPLACES_LIBC void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}
PF_REPLACES_LIBC int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
PF_REPLACES_LIBC void free(void* memory) noexcept {
  pf::test::given_back(memory);
  __libc_free(memory);
}
