#include "host/gamestream/tcp/connection_table.h"

#include <algorithm>
#include <utility>

namespace pf::host::gamestream {

ConnectionTable::Place::Place(Place&& other) noexcept
    : table_(std::exchange(other.table_, nullptr)), number_(other.number_) {}

ConnectionTable::Place::~Place() {
  if (table_ == nullptr) return;
  const std::scoped_lock lock(table_->mutex_);
  table_->entries_.erase(number_);
}

void ConnectionTable::Place::set_owed(bool owed) {
  const std::scoped_lock lock(table_->mutex_);
  if (const auto entry = table_->entries_.find(number_); entry != table_->entries_.end()) entry->second.owed = owed;
}

std::optional<ConnectionTable::Place> ConnectionTable::admit(const std::string& address, std::function<void()> drop) {
  std::function<void()> drop_another;
  std::optional<Place> place;
  {
    const std::scoped_lock lock(mutex_);
    if (entries_.size() >= limits_.total || held_by(address) >= limits_.per_address) {
      const auto other = in_the_way_of(address);
      if (other == entries_.end()) return std::nullopt;
      drop_another = std::move(other->second.drop);
      entries_.erase(other);
    }
    place.emplace(Place(*this, next_));
    entries_.emplace(next_++, Entry{.address = address, .drop = std::move(drop)});
  }
  if (drop_another) drop_another();
  return place;
}

std::size_t ConnectionTable::held_by(const std::string& address) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [&](const auto& entry) { return entry.second.address == address; }));
}

ConnectionTable::Entries::iterator ConnectionTable::in_the_way_of(const std::string& address) {
  const bool only_its_own = held_by(address) >= limits_.per_address;
  auto found = entries_.end();
  std::size_t most = 0;
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (at->second.owed || (only_its_own && at->second.address != address)) continue;
    if (const auto held = held_by(at->second.address); held > most) {
      most = held;
      found = at;
    }
  }
  return found;
}

}  // namespace pf::host::gamestream
