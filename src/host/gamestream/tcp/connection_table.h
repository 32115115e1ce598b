// The places for TCP connections on a port that strangers reach, and who loses one when all are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace pf::host::gamestream {

/// A client says what it wants within moments, so that who has been there for long and got no answer is who can go: the
/// oldest connection of the address that has the most of them. Any thread; outlives its places.
class ConnectionTable {
 public:
  struct Limits {
    std::size_t total;
    std::size_t per_address;
  };

  /// One connection's, until this is gone.
  class Place {
   public:
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();
    /// Its request is there, and the host's answer is not: it keeps its place.
    void set_owed(bool owed);

   private:
    friend class ConnectionTable;
    Place(ConnectionTable& table, std::uint64_t number) : table_(&table), number_(number) {}
    ConnectionTable* table_;
    std::uint64_t number_;
  };

  explicit ConnectionTable(const Limits& limits) : limits_(limits) {}

  /// A place for a newcomer; somebody else's, where all are taken or all of its address: then that one's `drop` is
  /// called, on this thread. nullopt: those who could make room are owed an answer.
  std::optional<Place> admit(const std::string& address, std::function<void()> drop);

 private:
  struct Entry {
    std::string address;
    std::function<void()> drop;
    bool owed = false;
  };
  using Entries = std::map<std::uint64_t, Entry>;  // oldest first

  [[nodiscard]] std::size_t held_by(const std::string& address) const;
  /// Whose place somebody of `address` can have, where there is none left.
  Entries::iterator in_the_way_of(const std::string& address);

  const Limits limits_;
  std::mutex mutex_;
  Entries entries_;
  std::uint64_t next_ = 0;
};

}  // namespace pf::host::gamestream
