#include "support/allocation_meter.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace pf::test {
namespace {

// In front of each block, so that delete knows how much it gives back; as large as the strictest plain alignment.
constexpr std::size_t header_size = 16;

std::atomic<std::uint64_t> count{0};
std::atomic<std::size_t> bytes{0};
std::atomic<std::size_t> peak{0};

void* take(std::size_t size) {
  auto* block = static_cast<std::byte*>(std::malloc(size + header_size));
  if (block == nullptr) throw std::bad_alloc();
  std::memcpy(block, &size, sizeof size);
  ++count;
  const std::size_t held = bytes += size;
  std::size_t highest = peak;
  while (held > highest && !peak.compare_exchange_weak(highest, held)) {
  }
  return block + header_size;
}

void give_back(void* memory) {
  if (memory == nullptr) return;
  auto* block = static_cast<std::byte*>(memory) - header_size;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof size);
  bytes -= size;
  std::free(block);
}

}  // namespace

Allocations allocations() {
  return {count, bytes, peak};
}

void reset_allocation_peak() {
  peak = bytes.load();
}

}  // namespace pf::test

void* operator new(std::size_t size) {
  return pf::test::take(size);
}
void* operator new[](std::size_t size) {
  return pf::test::take(size);
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
