#include "support/allocation_meter.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "support/allocation_count.h"

namespace pf::test {
namespace {

// In front of each block, so that delete knows what it gives back.
struct Label {
  void* memory;  // what malloc gave: not every platform has std::aligned_alloc
  std::size_t size;
};
constexpr std::size_t plain_alignment = 16;

constinit AllocationCount count;

void* take(std::size_t size, std::size_t alignment) {
  void* const memory = std::malloc(size + alignment + sizeof(Label));
  if (memory == nullptr) throw std::bad_alloc();
  count.taken(size);
  const auto free = reinterpret_cast<std::uintptr_t>(memory) + sizeof(Label);
  auto* const block = reinterpret_cast<std::byte*>((free + alignment - 1) / alignment * alignment);
  const Label label{memory, size};
  std::memcpy(block - sizeof label, &label, sizeof label);
  return block;
}

void give_back(void* block) {
  if (block == nullptr) return;
  Label label{};
  std::memcpy(&label, static_cast<std::byte*>(block) - sizeof label, sizeof label);
  count.given_back(label.size);
  std::free(label.memory);
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

void* operator new(std::size_t size) {
  return pf::test::take(size, pf::test::plain_alignment);
}
void* operator new[](std::size_t size) {
  return pf::test::take(size, pf::test::plain_alignment);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return pf::test::take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  pf::test::give_back(memory);
}
void operator delete[](void* memory) noexcept {
  pf::test::give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  pf::test::give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  pf::test::give_back(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  pf::test::give_back(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  pf::test::give_back(memory);
}
