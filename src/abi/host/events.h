// What happens on an embedded host, on its way to the program that embeds it.
#pragma once

#include <punktfunk/punktfunk.h>

#include <string_view>
#include <thread>

#include "abi/host/event_backlog.h"
#include "abi/inbox.h"

namespace pf::abi {

punktfunk_host_event host_event(std::uint32_t kind, std::uint64_t session, std::string_view client = {},
                                std::string_view text = {});

/// Any thread puts in; the embedder fetches, or is called on a thread of its own, so that it may call into the host.
class HostEvents {
 public:
  HostEvents(punktfunk_host_callback callback, void* user);
  ~HostEvents() { finish(); }
  HostEvents(const HostEvents&) = delete;
  HostEvents& operator=(const HostEvents&) = delete;

  void put(const punktfunk_host_event& event);
  void put_input(std::uint64_t session, const punktfunk_input& input);
  /// As EventBacklog's.
  bool withdraw(std::uint64_t session, std::uint32_t kind);
  /// Calls back for what waits, and no more when it returns. Not for several threads at once.
  void finish();
  Expected<punktfunk_host_event> next(milliseconds wait) { return inbox_.next(wait); }

 private:
  Inbox<punktfunk_host_event, EventBacklog> inbox_;
  std::jthread caller_;
};

}  // namespace pf::abi
