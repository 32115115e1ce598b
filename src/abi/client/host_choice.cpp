#include "abi/client/host_choice.h"

#include <utility>

#include "control/quic/quic_port.h"

namespace pf::abi {
namespace {

constexpr std::size_t fewest_digits = 6;  // of a fingerprint, to name a host by

Expected<net::Address> resolve(const std::string& where) {
  const auto addresses = net::resolve(where, control::default_port);
  if (!addresses) return refuse(addresses.error());
  return addresses->front();
}

}  // namespace

Expected<HostChoice> HostChoice::take(const char* host, const char* address) {
  auto who = take_text(host, "host", "");
  if (!who) return std::unexpected(who.error());
  auto where = take_text(address, "address", "");
  if (!where) return std::unexpected(where.error());
  if (who->empty() && where->empty()) return bad_argument("neither host nor address is given");
  return HostChoice(std::move(*who), std::move(*where));
}

Expected<FoundHost> HostChoice::find(const control::TrustStore& peers) const {
  net::Address given;
  if (!where_.empty()) {
    const auto found = resolve(where_);
    if (!found) return std::unexpected(found.error());
    given = *found;
  }
  for (const auto& peer : peers.peers()) {
    const bool named =
        peer.name == who_ || (who_.size() >= fewest_digits && control::to_hex(peer.fingerprint).starts_with(who_));
    // Hosts are kept under what their address came out as: "box" may have been 192.0.2.1:47900.
    if (who_.empty() ? peer.address != given.to_string() : !named) continue;
    if (!where_.empty()) return FoundHost{given, peer.fingerprint};
    const auto kept = resolve(peer.address);
    return kept ? Expected<FoundHost>(FoundHost{*kept, peer.fingerprint}) : std::unexpected(kept.error());
  }
  return refuse(PUNKTFUNK_ERROR_NOT_FOUND,
                "no paired host is " + (who_.empty() ? "at " + where_ : "named " + who_) + "; pair with it first");
}

}  // namespace pf::abi
