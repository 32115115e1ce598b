// The meter where it can be the C library's allocator: every malloc of the whole program is counted, the libraries' as
// well, and so every operator new.
#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "support/allocation_meter.h"

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

std::atomic<std::uint64_t> count{0};
std::atomic<std::size_t> bytes{0};
std::atomic<std::size_t> peak{0};

void* taken(void* memory) {
  if (memory == nullptr) return memory;
  ++count;
  const auto size = malloc_usable_size(memory);
  const std::size_t held = bytes.fetch_add(size) + size;
  std::size_t highest = peak;
  while (held > highest && !peak.compare_exchange_weak(highest, held)) {
  }
  return memory;
}

void given_back(void* memory) {
  if (memory != nullptr) bytes -= malloc_usable_size(memory);
}

}  // namespace

Allocations allocations() {
  return {count, bytes, peak};
}

void reset_allocation_peak() {
  peak = bytes.load();
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
  if (moved != nullptr || size == 0) pf::test::bytes -= before;
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
