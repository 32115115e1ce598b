// Pairing by PIN: the state machines of both ends and the host's limit on guesses. No I/O: messages in, messages out.
// docs/protocol.md, "Pairing".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "control/trust/identity.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/crypto/spake2.h"
#include "core/wire/control_messages.h"

namespace pf::control {

/// What the host's user opened: a PIN and a span of time. Any thread.
/// A guess costs an attempt whether or not it is carried through; `attempts` wrong ones close the window, and after
/// that each new window's opening by a client is refused for a lock-out that doubles (30 s to 1 h), whoever asks.
class PairingWindow {
 public:
  struct Options {
    std::chrono::seconds open_for{120};
    unsigned attempts = 3;
    milliseconds between_attempts{1000};
  };
  PairingWindow(const Options& options, const Clock& clock);

  /// Opens (or opens anew) with a random PIN of 6 digits, or with `pin` (at least 4 digits). Returns the PIN.
  Result<std::string> open(std::optional<std::string> pin = std::nullopt,
                           std::optional<std::chrono::seconds> open_for = std::nullopt);
  void close();
  [[nodiscard]] bool is_open() const;

  /// Takes one attempt and gives the PIN for it, or says why not.
  std::variant<std::string, wire::Refusal> begin_attempt();
  void succeeded();  // closes the window and forgets failures

 private:
  const Options options_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::string pin_;
  TimePoint closes_;
  TimePoint next_attempt_;
  TimePoint locked_until_;
  unsigned attempts_left_ = 0;
  unsigned lockouts_ = 0;
};

/// The host's side of one connection. Control thread.
class HostPairing {
 public:
  HostPairing(PairingWindow& window, const Fingerprint& host, const Fingerprint& client, std::string host_name);
  /// Answers the client's share. A Refusal ends the pairing.
  wire::ControlMessage on_share(const wire::PairShare& share);
  struct Outcome {
    wire::ControlMessage reply;  // Paired, or Refusal
    bool paired = false;
    std::string client_name;
  };
  Outcome on_confirm(const wire::PairConfirm& confirm);

 private:
  PairingWindow& window_;
  Fingerprint host_;
  Fingerprint client_;
  std::string host_name_;
  std::string client_name_;
  std::optional<crypto::Spake2Keys> keys_;
  bool used_ = false;
};

/// The client's side of one connection.
class ClientPairing {
 public:
  /// Errors: invalid_argument (the PIN is not 4 to 12 digits).
  static Result<ClientPairing> create(const std::string& pin, const Fingerprint& host, const Fingerprint& client,
                                      const std::string& client_name);
  [[nodiscard]] wire::PairShare share() const;
  /// Errors: unauthenticated (the host's proof is wrong: a wrong PIN, or somebody in between), malformed.
  Result<wire::PairConfirm> on_share(const wire::PairShare& host_share);

 private:
  ClientPairing(crypto::Spake2 spake, const Fingerprint& host, const Fingerprint& client, std::string name);
  crypto::Spake2 spake_;
  Fingerprint host_;
  Fingerprint client_;
  std::string name_;
};

}  // namespace pf::control
