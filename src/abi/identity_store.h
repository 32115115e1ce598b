// Who this side is and whom it trusts, in a folder or in memory: the same for client and host.
#pragma once

#include <punktfunk/punktfunk.h>

#include <memory>
#include <string>

#include "abi/boundary.h"
#include "control/trust/identity.h"
#include "control/trust/trust_store.h"

namespace pf::abi {

struct IdentityStore {
  control::Identity identity;
  std::shared_ptr<control::TrustStore> peers;  // shared with what goes on without the handle

  /// `peers_file` is the list's name in the folder. `folder` and `pem` may be NULL.
  static Expected<IdentityStore> open(const char* folder, const char* pem, const std::string& name,
                                      const char* peers_file);
  [[nodiscard]] std::string pem() const { return identity.private_key_pem + identity.certificate_pem; }
};

punktfunk_peer to_c(const control::TrustedPeer& peer);
Outcome give_peers(const control::TrustStore& peers, punktfunk_peer* to, std::size_t* count);
/// By name, or by the first digits of the fingerprint.
Outcome forget_peer(control::TrustStore& peers, const char* who);
Outcome give_fingerprint(const control::Fingerprint& fingerprint, char* to);

}  // namespace pf::abi
