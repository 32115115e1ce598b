// How discovery is doing. It is a comfort: a host that cannot be found can still be typed in, so nothing here ever
// fails.
#pragma once

#include <string>

namespace pf::control {

struct DiscoveryState {
  bool working = false;
  std::string text;    // what is so: "announced as \"box\"", "no Avahi daemon runs"
  std::string remedy;  // the command that mends it; empty when working
  bool operator==(const DiscoveryState&) const = default;
};

/// Asks whether this machine can announce and find hosts by mDNS; returns at once.
DiscoveryState probe_discovery();

}  // namespace pf::control
