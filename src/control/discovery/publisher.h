// Announces a service of the host on the local network, for as long as it lives.
#pragma once

#include <memory>
#include <string>

#include "control/discovery/announcement.h"
#include "control/discovery/discovery_state.h"

namespace pf::control {

/// Any thread. Has a thread of its own; waits for the mDNS daemon where there is none, and comes back after it.
class Publisher {
 public:
  static std::unique_ptr<Publisher> start(ServiceRecord service);
  virtual ~Publisher() = default;  // withdraws the announcement

  [[nodiscard]] virtual DiscoveryState state() const = 0;
  /// What the host is announced as: its name, or "name #2" where another host had it first.
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace pf::control
