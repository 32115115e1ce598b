// What the client keeps between runs, and how it finds the host that the user means.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/trust/identity.h"
#include "control/trust/trust_store.h"
#include "core/net/address.h"

namespace pf::client {

/// Identity and paired hosts, in XDG_STATE_HOME/punktfunk/client.
class ClientState {
 public:
  /// Makes the identity on first use. Errors: not_found (HOME is not set), permission, malformed.
  static Result<ClientState> open();

  [[nodiscard]] const control::Identity& identity() const { return identity_; }
  [[nodiscard]] control::TrustStore& hosts() { return *hosts_; }
  /// What this machine calls itself to hosts.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  control::Identity identity_;
  std::unique_ptr<control::TrustStore> hosts_;
  std::string name_;
};

/// A host as the user named it: by the name of a paired host, by the name that it announces on the network, or by
/// address.
struct FoundTarget {
  net::Address address;
  std::optional<control::TrustedPeer> paired;
};
/// Looks on the network for up to two seconds when it has to. Errors: not_found, with what was tried.
Result<FoundTarget> find_target(const std::string& text, const control::TrustStore& hosts);
/// The same, but a host that is not paired is `unauthenticated`, with what to do about it.
Result<FoundTarget> find_paired_target(const std::string& text, const control::TrustStore& hosts);

}  // namespace pf::client
