#include "unit/core_fec/counting_new.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> count{0};
}  // namespace

// A file of its own: a compiler that sees both `new` and its user takes malloc and delete for a mismatch.
void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// What malloc gave stands in front of the aligned place: not every platform has std::aligned_alloc.
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  auto* const memory = static_cast<char*>(operator new(size + step + sizeof(void*)));
  const auto at = (reinterpret_cast<std::uintptr_t>(memory) + sizeof(void*) + step - 1) / step * step;
  auto* const aligned = reinterpret_cast<void**>(at);
  aligned[-1] = memory;
  return aligned;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  if (memory != nullptr) std::free(static_cast<void**>(memory)[-1]);
}
void operator delete(void* memory, std::size_t, std::align_val_t alignment) noexcept {
  operator delete(memory, alignment);
}

namespace pf::test {

std::size_t allocations() {
  return count.load();
}

}  // namespace pf::test
