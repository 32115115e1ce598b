// What the local socket answers: the requests of punktfunk-host's other commands.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "control/pairing/pairing.h"
#include "control/trust/trust_store.h"
#include "host/stream/server.h"

namespace pf::host {

/// What the requests need of GameStream, of which they know nothing else.
struct GameStreamDesk {
  std::string state;            // "is off", or where it listens: for people
  std::uint16_t http_port = 0;  // 0: it is off
  std::uint16_t https_port = 0;
  /// The PIN that a client shows, a name for it, and its address where several wait; returns whom it was given to.
  std::function<Result<std::string>(const std::string& pin, const std::string& name, const std::string& address)> pair;
  std::function<std::vector<std::string>()> waiting;  // addresses of clients that wait for their PIN
  std::function<std::vector<SessionStatus>()> sessions;
};

/// {"do": "status" | "pair" | "pair-gamestream" | "clients" | "remove", ...} to {"ok": true, ...} or {"ok": false,
/// "error": sentence}. Any thread.
class HostRequests {
 public:
  HostRequests(const HostServer& server, control::TrustStore& trust, control::PairingWindow& pairing,
               GameStreamDesk gamestream)
      : server_(server), trust_(trust), pairing_(pairing), gamestream_(std::move(gamestream)) {}
  boost::json::object answer(const boost::json::object& request);

 private:
  boost::json::object pair(const boost::json::object& request);
  [[nodiscard]] boost::json::object gamestream_state() const;
  boost::json::object pair_gamestream(const boost::json::object& request);
  boost::json::object remove(const boost::json::object& request);

  const HostServer& server_;
  control::TrustStore& trust_;
  control::PairingWindow& pairing_;
  const GameStreamDesk gamestream_;
};

boost::json::object to_json(const HostStatus& status);
boost::json::object to_json(const control::TrustedPeer& peer);

}  // namespace pf::host
