// The host's side of GameStream's pairing: who waits for a PIN, and the proofs of both sides (docs/gamestream.md,
// "Pairing"). No I/O: requests and a clock go in, answers come out.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/trust/trust_store.h"
#include "core/base/clock.h"
#include "core/crypto/hash.h"
#include "host/gamestream/pairing/certificate.h"
#include "host/gamestream/pairing/pin_cipher.h"

namespace pf::host::gamestream {

/// Whose request it is, as far as plain HTTP can tell. Most clients call themselves by the same id, so the address
/// counts as well.
struct Visitor {
  std::string address;  // without a port
  std::string id;       // `uniqueid` of the request
  bool operator==(const Visitor&) const = default;
};

struct PairReply {
  bool paired = false;  // of this step
  std::string name;     // of the answer's other element; empty: none
  std::string value;
  std::string why_not;  // a sentence for the log and for the client

  static PairReply yes(std::string name = {}, std::string value = {}) {
    return {.paired = true, .name = std::move(name), .value = std::move(value), .why_not = {}};
  }
  static PairReply no(std::string why) { return {.paired = false, .name = {}, .value = {}, .why_not = std::move(why)}; }
};

/// Any thread. One attempt a visitor: a step that fails or comes out of turn ends it, so that a PIN that was typed in
/// once serves for one guess. What waits is bounded, in number and in time.
class PairingDesk {
 public:
  struct Limits {
    std::size_t attempts = 8;              // at a time, of all visitors
    std::size_t attempts_per_address = 2;  // at a time
    std::chrono::seconds pin_wait{300};    // until the user has typed the PIN
    std::chrono::seconds step_wait{30};    // until the client's next step
  };
  /// Called once, maybe much later and on another thread, maybe before get_certificate() returns.
  using Answer = std::function<void(const PairReply&)>;
  using Random = std::function<void(std::span<std::byte>)>;

  PairingDesk(control::Identity host, control::TrustStore& trust, const Clock& clock, const Limits& limits,
              std::function<std::int64_t()> unix_time, Random random = crypto::random_bytes);
  ~PairingDesk();
  PairingDesk(const PairingDesk&) = delete;
  PairingDesk& operator=(const PairingDesk&) = delete;

  // The client's steps; arguments are hexadecimal, as they come in the query.
  /// Step 1. Answered when the user has typed the PIN, or has not in time.
  void get_certificate(const Visitor& visitor, std::string_view salt, std::string_view certificate, Answer answer);
  /// Step 2.
  PairReply client_challenge(const Visitor& visitor, std::string_view challenge);
  /// Step 3.
  PairReply challenge_response(const Visitor& visitor, std::string_view response);
  /// Step 4. If it is right, the client is in the trust store when this returns.
  PairReply client_secret(const Visitor& visitor, std::string_view secret);
  /// The client gives its attempt up.
  void give_up(const Visitor& visitor);

  // The user's side.
  /// Addresses that wait for a PIN, oldest first.
  [[nodiscard]] std::vector<std::string> waiting() const;
  /// The PIN that the client shows, and the name to keep it under. `address` says which client, where several wait.
  /// Errors: invalid_argument (not 4 digits); not_found (nobody waits); busy (several do: names them).
  Result<std::string> enter_pin(std::string_view pin, const std::string& name, const std::string& address);

  /// Ends what has waited too long. Call it every second or so.
  void expire();
  /// Answers everybody who waits, and lets nobody begin any more.
  void close();

 private:
  struct Attempt {
    Visitor visitor;
    Certificate certificate;
    PinBlock salt{};
    TimePoint ends;
    Answer answer;  // of step 1, until it is given
    std::string name;
    std::optional<PinCipher> cipher;  // once there is a PIN
    PinBlock secret{};
    PinBlock challenge{};
    std::vector<std::byte> client_proof;  // of step 3
    int done = 0;                         // the last step that was taken
  };
  using Attempts = std::vector<Attempt>;

  /// The visitor's attempt if `step` is its next one; otherwise it ends, and there is none.
  Attempt* in_turn(const Visitor& visitor, int step);
  PairReply refuse(const Visitor& visitor, std::string why);
  std::vector<Answer> remove(const std::function<bool(const Attempt&)>& which);

  const control::Identity host_;
  const std::vector<std::byte> host_signature_;
  control::TrustStore& trust_;
  const Clock& clock_;
  const Limits limits_;
  const std::function<std::int64_t()> unix_time_;
  const Random random_;
  mutable std::mutex mutex_;
  Attempts attempts_;
  bool closed_ = false;
};

}  // namespace pf::host::gamestream
