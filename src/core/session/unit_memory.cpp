#include "core/session/unit_memory.h"

#include <mutex>
#include <vector>

namespace pf::session {
namespace {

constexpr std::size_t most_parts = 1024;
constexpr std::size_t cache_line = 64;

}  // namespace

struct UnitBytes::Owner {
  explicit Owner(std::size_t bytes) : size(bytes), memory(std::make_unique_for_overwrite<std::byte[]>(bytes)) {
    parts.reserve(most_parts);
  }
  struct Part {
    std::size_t start;
    std::size_t end;
  };

  const std::size_t size;
  const std::unique_ptr<std::byte[]> memory;
  std::mutex mutex;
  std::vector<Part> parts;  // that are out, by their start
};

UnitBytes UnitBytes::copy_of(std::span<const std::byte> bytes) {
  auto copy = UnitMemory(bytes.size() + 1).take(bytes.size());
  std::ranges::copy(bytes, copy.data());
  return copy;
}

void UnitBytes::release() noexcept {
  if (!owner_) return;
  const std::lock_guard lock(owner_->mutex);
  const auto part = std::ranges::lower_bound(owner_->parts, start_, {}, &Owner::Part::start);
  owner_->parts.erase(part);
}

UnitMemory::UnitMemory(std::size_t bytes) : owner_(std::make_shared<UnitBytes::Owner>(bytes)) {}

// First fit: what has been used lately is in the cache, and near the front.
UnitBytes UnitMemory::take(std::size_t size) {
  auto& o = *owner_;
  UnitBytes taken;
  const std::size_t room = std::max<std::size_t>(size, 1);  // so that no two parts start at one place
  const std::lock_guard lock(o.mutex);
  if (o.parts.size() == most_parts) return taken;
  std::size_t start = 0;
  auto before = o.parts.begin();
  for (; before != o.parts.end() && before->start - start < room; ++before)
    start = (before->end + cache_line - 1) / cache_line * cache_line;
  if (start > o.size || o.size - start < room) return taken;
  o.parts.insert(before, {start, start + room});
  taken.owner_ = owner_;
  taken.start_ = start;
  taken.bytes_ = {o.memory.get() + start, size};
  return taken;
}

}  // namespace pf::session
