#include "abi/client/client.h"

#include "abi/cancel.h"
#include "control/link/client_link.h"
#include "core/crypto/hash.h"
#include "core/net/address.h"

using namespace pf;
using namespace pf::abi;

namespace {

Outcome check(const punktfunk_client* client) {
  return client != nullptr ? Outcome{} : bad_argument("client is NULL");
}

Outcome create(const punktfunk_client_options* given, punktfunk_client** client) {
  if (client == nullptr) return bad_argument("client is NULL");
  const auto options = take_struct(given);
  if (!options) return std::unexpected(options.error());
  auto name = take_text(options->name, "name", "punktfunk");
  if (!name) return std::unexpected(name.error());
  auto store = IdentityStore::open(options->state_folder, options->identity_pem, *name, "hosts");
  if (!store) return std::unexpected(store.error());
  *client = new punktfunk_client{std::move(*name), std::move(*store)};
  return {};
}

Outcome add_host(const punktfunk_client& client, const punktfunk_peer* given) {
  const auto host = take_struct(given);
  if (!host) return std::unexpected(host.error());
  const auto fingerprint = crypto::from_hex(std::string(host->fingerprint, strnlen(host->fingerprint, 64)));
  control::TrustedPeer peer;
  peer.paired_at = host->paired_at;
  if (!fingerprint || fingerprint->size() != peer.fingerprint.size())
    return bad_argument("a fingerprint has 64 hexadecimal digits");
  std::ranges::copy(*fingerprint, peer.fingerprint.begin());
  peer.name.assign(host->name, strnlen(host->name, sizeof(host->name)));
  peer.address.assign(host->address, strnlen(host->address, sizeof(host->address)));
  // The store keeps one line a host, with the address as a word of it.
  if (!peer.address.empty()) {
    const auto parts = net::split_host_port(peer.address, control::default_port);
    if (!parts || peer.address.find_first_of(" \n\r\t") != std::string::npos)
      return bad_argument("address is not an address");
  }
  if (auto added = client.store.peers->add(peer); !added) return refuse(added.error());
  return {};
}

Outcome pair(const punktfunk_client& client, const char* address, const char* pin, const punktfunk_cancel* cancel,
             punktfunk_peer* host) {
  const auto where = take_text(address, "address");
  if (!where) return std::unexpected(where.error());
  const auto digits = take_text(pin, "pin");
  if (!digits) return std::unexpected(digits.error());
  if (digits->size() < 4 || digits->size() > 12 || digits->find_first_not_of("0123456789") != std::string::npos)
    return bad_argument("a PIN has 4 to 12 digits");
  if (host != nullptr) {
    if (auto room = check_room(host); !room) return room;
  }
  const auto addresses = net::resolve(*where, control::default_port);
  if (!addresses) return refuse(addresses.error());
  const auto stop = token_of(cancel);
  const auto paired = control::pair_with_host(client.store.identity, client.name, addresses->front(), *digits, stop);
  if (!paired) return std::unexpected(failure_of(paired.error(), stop));
  if (auto added = client.store.peers->add(*paired); !added) return refuse(added.error());
  return host != nullptr ? give_struct(to_c(*paired), host) : Outcome{};
}

}  // namespace

punktfunk_result punktfunk_client_create(const punktfunk_client_options* options, punktfunk_client** client,
                                         punktfunk_error* error) {
  return guarded(error, [&] { return create(options, client); });
}

void punktfunk_client_destroy(punktfunk_client* client) {
  destroy(client);
}

punktfunk_result punktfunk_client_identity(const punktfunk_client* client, char* pem, size_t* size) {
  return guarded([&] { return after(check(client), [&] { return give_text(client->store.pem(), pem, size); }); });
}

punktfunk_result punktfunk_client_fingerprint(const punktfunk_client* client,
                                              char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE]) {
  return guarded([&] {
    return after(check(client), [&] { return give_fingerprint(client->store.identity.fingerprint, fingerprint); });
  });
}

punktfunk_result punktfunk_client_hosts(const punktfunk_client* client, punktfunk_peer* hosts, size_t* count) {
  return guarded([&] { return after(check(client), [&] { return give_peers(*client->store.peers, hosts, count); }); });
}

punktfunk_result punktfunk_client_add_host(punktfunk_client* client, const punktfunk_peer* host,
                                           punktfunk_error* error) {
  return guarded(error, [&] { return after(check(client), [&] { return add_host(*client, host); }); });
}

punktfunk_result punktfunk_client_forget_host(punktfunk_client* client, const char* name_or_fingerprint,
                                              punktfunk_error* error) {
  return guarded(error, [&] {
    return after(check(client), [&] { return forget_peer(*client->store.peers, name_or_fingerprint); });
  });
}

punktfunk_result punktfunk_client_pair(punktfunk_client* client, const char* address, const char* pin,
                                       punktfunk_cancel* cancel, punktfunk_peer* host, punktfunk_error* error) {
  return guarded(error,
                 [&] { return after(check(client), [&] { return pair(*client, address, pin, cancel, host); }); });
}
