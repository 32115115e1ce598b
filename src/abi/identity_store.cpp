#include "abi/identity_store.h"

#include <vector>

namespace pf::abi {

Expected<IdentityStore> IdentityStore::open(const char* folder, const char* pem, const std::string& name,
                                            const char* peers_file) {
  if (folder == nullptr) {
    auto identity = control::Identity::generate(name);
    if (pem != nullptr) {
      const auto text = take_text(pem, "identity_pem");
      if (!text) return std::unexpected(text.error());
      identity = control::Identity::from_pem(*text);
    }
    if (!identity) return refuse(identity.error());
    return IdentityStore{std::move(*identity), control::TrustStore::in_memory()};
  }
  if (pem != nullptr) return bad_argument("identity_pem is for those without a state_folder");
  const auto path = take_text(folder, "state_folder");
  if (!path) return std::unexpected(path.error());
  auto identity = control::Identity::load_or_create(*path, name);
  if (!identity) return refuse(identity.error());
  auto peers = control::TrustStore::open(std::filesystem::path(*path) / peers_file);
  if (!peers) return refuse(peers.error());
  return IdentityStore{std::move(*identity), std::move(*peers)};
}

punktfunk_peer to_c(const control::TrustedPeer& peer) {
  punktfunk_peer out{};
  out.struct_size = sizeof(out);
  put_text(peer.name, out.name);
  put_text(peer.address, out.address);
  put_text(control::to_hex(peer.fingerprint), out.fingerprint);
  out.paired_at = peer.paired_at;
  return out;
}

Outcome give_peers(const control::TrustStore& peers, punktfunk_peer* to, std::size_t* count) {
  std::vector<punktfunk_peer> list;
  for (const auto& peer : peers.peers()) list.push_back(to_c(peer));
  return give_array<punktfunk_peer>(list, to, count);
}

Outcome forget_peer(control::TrustStore& peers, const char* who) {
  const auto given = take_text(who, "name_or_fingerprint");
  if (!given) return std::unexpected(given.error());
  if (auto removed = peers.remove(*given); !removed) return refuse(removed.error());
  return {};
}

Outcome give_fingerprint(const control::Fingerprint& fingerprint, char* to) {
  if (to == nullptr) return bad_argument("fingerprint is NULL");
  put_text(control::to_hex(fingerprint), {to, PUNKTFUNK_FINGERPRINT_SIZE});
  return {};
}

}  // namespace pf::abi
