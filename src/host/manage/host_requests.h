// What the local socket answers: the requests of punktfunk-host's other commands.
#pragma once

#include <boost/json/object.hpp>

#include "control/pairing/pairing.h"
#include "control/trust/trust_store.h"
#include "host/stream/server.h"

namespace pf::host {

/// {"do": "status" | "pair" | "clients" | "remove", ...} to {"ok": true, ...} or {"ok": false, "error": sentence}. Any
/// thread.
class HostRequests {
 public:
  HostRequests(const HostServer& server, control::TrustStore& trust, control::PairingWindow& pairing)
      : server_(server), trust_(trust), pairing_(pairing) {}
  boost::json::object answer(const boost::json::object& request);

 private:
  boost::json::object pair(const boost::json::object& request);
  boost::json::object remove(const boost::json::object& request);

  const HostServer& server_;
  control::TrustStore& trust_;
  control::PairingWindow& pairing_;
};

boost::json::object to_json(const HostStatus& status);
boost::json::object to_json(const control::TrustedPeer& peer);

}  // namespace pf::host
