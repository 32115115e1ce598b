// What waits for a host's embedder, and what gives way when it does not keep up.
#pragma once

#include <punktfunk/punktfunk.h>

#include <cstddef>
#include <cstdint>
#include <list>

namespace pf::abi {

/// A queue of a host's events, bounded by the number of its sessions, whatever their clients do. Of how things stand
/// (a keyframe is wanted, the bitrate, what is lost, ...) a session has one event of each kind waiting, which later
/// ones are merged into. Input and what is logged give way. Nothing else is ever lost.
/// One thread, or the caller's lock. Allocates when more waits than ever before, and not again for as much.
class EventBacklog {
 public:
  static constexpr std::size_t most_inputs = 1024;  // of all sessions, gamepads that come and go aside
  static constexpr std::size_t most_logs = 64;

  /// Where there is too much input, the session that has most of it waiting loses it, and lets go of all that is held
  /// down in its place. Of what is logged, the oldest makes way.
  void add(const punktfunk_host_event& event);
  /// Takes a question back. True: it still waited, so that nobody has seen it or will.
  bool withdraw(std::uint64_t session, std::uint32_t kind);

  [[nodiscard]] std::size_t size() const { return waiting_.size(); }
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  /// Precondition: not empty().
  punktfunk_host_event take_front();

 private:
  using Events = std::list<punktfunk_host_event>;
  Events::iterator find(std::uint64_t session, std::uint32_t kind);
  void append(const punktfunk_host_event& event);
  Events::iterator erase(Events::iterator at);
  /// How many of the kind wait, where that is counted.
  std::size_t* count_of(const punktfunk_host_event& event);
  void add_log(const punktfunk_host_event& event);
  void add_input(const punktfunk_host_event& event);
  void drop_input();
  bool forget_arrival(const punktfunk_host_event& removal);

  Events waiting_;
  Events spare_;  // memory for what comes
  std::size_t inputs_ = 0;
  std::size_t logs_ = 0;
};

}  // namespace pf::abi
