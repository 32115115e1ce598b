// Finds hosts on the local network, for as long as it lives.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "control/discovery/announcement.h"
#include "control/discovery/discovery_state.h"
#include "core/net/address.h"

namespace pf::control {

struct FoundHost {
  Announcement announcement;
  std::vector<net::Address> addresses;  // with the port; the one to try first stands first
  bool operator==(const FoundHost&) const = default;
};

/// Any thread. Has a thread of its own; waits for the mDNS daemon where there is none, and comes back after it.
class Browser {
 public:
  /// `changed` is called on the browser's thread after each change of hosts() or state(); it must not block, nor
  /// destroy the browser.
  static std::unique_ptr<Browser> start(std::function<void()> changed);
  virtual ~Browser() = default;

  [[nodiscard]] virtual DiscoveryState state() const = 0;
  /// Sorted by name.
  [[nodiscard]] virtual std::vector<FoundHost> hosts() const = 0;
};

}  // namespace pf::control
