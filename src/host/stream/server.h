// The host: one UDP port, the clients behind it, and a session for each that streams.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "control/pairing/pairing.h"
#include "control/quic/quic_port.h"
#include "control/trust/identity.h"
#include "control/trust/trust_store.h"
#include "core/base/cpu_features.h"
#include "core/base/version.h"
#include "core/net/address.h"
#include "host/seams/platform.h"
#include "host/stream/host_event.h"
#include "host/stream/host_status.h"
#include "host/stream/session_settings.h"

namespace pf::host {

struct HostServerOptions {
  net::Address bind;
  control::Identity identity;
  std::string name;  // what clients see
  std::string software = software_name();
  unsigned max_clients = 8;  // sessions at once, those that wait for their client included
  control::QuicTimeouts timeouts;
  // Strangers can't take the places of paired clients: so many at a time, and each for so long.
  unsigned max_strangers = 16;
  milliseconds stranger_limit{20'000};  // also for a paired client's hello
  SessionSettings session;
  bool aes_in_hardware = cpu_features().aes;  // else clients that can get ChaCha20-Poly1305
  OnHostEvent on_event;                       // may be empty
  std::function<std::int64_t()> unix_time;    // seconds, for the date of a pairing; empty: the system's
};

/// Threads: the port's two (receive, control) and a session's own; every call here is from any other thread.
class HostServer {
 public:
  /// Listens at once. `trust`, `pairing`, `platform` and `clock` outlive the server; they may be used beside it.
  /// Errors: those of QuicPort::listen.
  static Result<std::unique_ptr<HostServer>> create(HostServerOptions options, control::TrustStore& trust,
                                                    control::PairingWindow& pairing, Platform& platform,
                                                    const Clock& clock);
  /// As stop().
  ~HostServer();
  HostServer(const HostServer&) = delete;
  HostServer& operator=(const HostServer&) = delete;

  [[nodiscard]] HostStatus status() const;
  [[nodiscard]] net::Address local() const;
  /// Says goodbye to every client with `text`, removes every display, and returns when both have been done. Nobody is
  /// let in afterwards.
  void stop(const std::string& text);

 private:
  struct Parts;
  explicit HostServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pf::host
