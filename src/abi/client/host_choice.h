// Which paired host a caller means, and where it is.
#pragma once

#include <string>

#include "abi/boundary.h"
#include "control/trust/trust_store.h"
#include "core/net/address.h"

namespace pf::abi {

struct FoundHost {
  net::Address address;
  control::Fingerprint fingerprint{};
};

/// `host` and `address` of punktfunk_connect_options.
class HostChoice {
 public:
  /// Errors: INVALID_ARGUMENT (neither is given, or not as text).
  static Expected<HostChoice> take(const char* host, const char* address);
  /// May ask the name service, and so blocks. Errors: NOT_FOUND, and those of net::resolve.
  [[nodiscard]] Expected<FoundHost> find(const control::TrustStore& peers) const;

 private:
  HostChoice(std::string who, std::string where) : who_(std::move(who)), where_(std::move(where)) {}
  std::string who_;
  std::string where_;
};

}  // namespace pf::abi
