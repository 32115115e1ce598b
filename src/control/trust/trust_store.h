// The peers that proved a PIN: certificate fingerprints with names, in one file of mode 0600.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/trust/identity.h"
#include "core/base/error.h"

namespace pf::control {

struct TrustedPeer {
  Fingerprint fingerprint{};
  std::string name;
  std::int64_t paired_at = 0;  // Unix seconds
  std::string address;         // a client's note of where its host was last seen; empty in a host's store
  bool operator==(const TrustedPeer&) const = default;
};

/// Any thread. Every change is on disk (written to a new file, then renamed) before the call returns.
class TrustStore {
 public:
  /// A missing file is an empty store. Errors: permission, malformed (says which line and keeps the file), io.
  static Result<std::unique_ptr<TrustStore>> open(const std::filesystem::path& file);
  /// An empty one that is on no disk.
  static std::unique_ptr<TrustStore> in_memory();
  ~TrustStore();

  [[nodiscard]] std::vector<TrustedPeer> peers() const;
  [[nodiscard]] std::optional<TrustedPeer> find(const Fingerprint& fingerprint) const;
  Result<void> add(const TrustedPeer& peer);  // replaces one of the same fingerprint
  /// By exact name, or by a prefix of the hex fingerprint of at least 6 digits. Errors: not_found; invalid_argument
  /// (matches several).
  Result<TrustedPeer> remove(const std::string& name_or_fingerprint);
  /// Called on the changing thread after each removal, so that a live connection can be ended.
  void on_removed(std::function<void(const TrustedPeer&)> listener);

 private:
  struct State;
  explicit TrustStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::control
