// A GameStream host as a whole: HTTP and pairing, the streams, the apps, and what one has to tell the other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/trust/trust_store.h"
#include "host/gamestream/apps/app.h"
#include "host/gamestream/stream/server.h"
#include "host/stream/host_status.h"

namespace pf::host::gamestream {

struct ServiceOptions {
  net::Address bind;           // of every port; its own port means nothing
  std::uint16_t http = 47989;  // the others stand around it (ServerPorts); 0: each is any that is free
  std::string name;            // what clients see
  std::string id;              // stays the same for ever
  control::Identity identity;  // RSA
  SessionSettings session;
  std::size_t max_sessions = 8;
  OtherClients others = OtherClients::beside;
  std::function<std::shared_ptr<const AppList>()> apps;                   // as listed now; empty: "Desktop" alone
  std::function<std::string(const std::string& local)> hardware_address;  // see HostFacts; may be empty
  OnHostEvent on_event;                                                   // may be empty
  std::function<std::int64_t()> unix_time;                                // seconds, for the date of a pairing
};

/// Any thread.
class Service {
 public:
  /// Listens at once. `trust`, `platform`, `launcher` and `clock` outlive it. Errors: busy (says which port),
  /// permission, io.
  static Result<std::unique_ptr<Service>> start(const ServiceOptions& options, control::TrustStore& trust,
                                                Platform& platform, ProcessLauncher& launcher, const Clock& clock);
  /// Ends every session and returns when their displays and apps are gone.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// As PairingDesk::enter_pin().
  Result<std::string> enter_pin(std::string_view pin, const std::string& name, const std::string& address);
  /// Addresses of clients that wait for their PIN, oldest first.
  [[nodiscard]] std::vector<std::string> waiting() const;
  [[nodiscard]] std::vector<SessionStatus> sessions() const;
  [[nodiscard]] std::uint16_t http_port() const;
  [[nodiscard]] std::uint16_t https_port() const;

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pf::host::gamestream
