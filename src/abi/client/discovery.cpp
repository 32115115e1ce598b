// Finding hosts on the local network.
#include <condition_variable>
#include <mutex>
#include <vector>

#include "abi/client/client.h"
#include "control/discovery/browser.h"
#include "core/base/clock.h"

using namespace pf;
using namespace pf::abi;

/// Any thread.
struct punktfunk_discovery {
  std::shared_ptr<control::TrustStore> peers;
  std::mutex mutex;
  std::condition_variable changed;
  bool news = false;
  std::unique_ptr<control::Browser> browser;  // ends first: it calls into the rest
};

namespace {

Outcome check(const punktfunk_discovery* discovery) {
  return discovery != nullptr ? Outcome{} : bad_argument("discovery is NULL");
}

Outcome start(const punktfunk_client* client, punktfunk_discovery_callback callback, void* user,
              punktfunk_discovery** discovery) {
  if (client == nullptr || discovery == nullptr) return bad_argument("client or discovery is NULL");
  auto made = std::make_unique<punktfunk_discovery>();
  made->peers = client->store.peers;
  made->browser = control::Browser::start([to = made.get(), callback, user] {
    {
      const std::scoped_lock lock(to->mutex);
      to->news = true;
    }
    to->changed.notify_all();
    if (callback != nullptr) callback(user);
  });
  *discovery = made.release();
  return {};
}

Outcome give_hosts(const punktfunk_discovery& discovery, punktfunk_found_host* to, std::size_t* count) {
  std::vector<punktfunk_found_host> list;
  const auto known = discovery.peers->peers();
  for (const auto& host : discovery.browser->hosts()) {
    if (host.addresses.empty()) continue;
    const auto& said = host.announcement;
    punktfunk_found_host found{};
    found.struct_size = sizeof(found);
    found.paired = !said.fingerprint.empty() && std::ranges::any_of(known, [&](const control::TrustedPeer& peer) {
      return control::to_hex(peer.fingerprint).starts_with(said.fingerprint);
    });
    put_text(said.name, found.name);
    put_text(host.addresses.front().to_string(), found.address);
    put_text(said.version, found.version);
    put_text(said.fingerprint, found.fingerprint);
    list.push_back(found);
  }
  return give_array<punktfunk_found_host>(list, to, count);
}

Outcome wait(punktfunk_discovery& discovery, std::uint32_t timeout_ms) {
  std::unique_lock lock(discovery.mutex);
  if (!discovery.changed.wait_for(lock, milliseconds{timeout_ms}, [&] { return discovery.news; }))
    return refuse(PUNKTFUNK_ERROR_TIMEOUT, "nothing has changed");
  discovery.news = false;
  return {};
}

}  // namespace

punktfunk_result punktfunk_discovery_start(const punktfunk_client* client, punktfunk_discovery_callback changed,
                                           void* user, punktfunk_discovery** discovery, punktfunk_error* error) {
  return guarded(error, [&] { return start(client, changed, user, discovery); });
}

punktfunk_result punktfunk_discovery_hosts(const punktfunk_discovery* discovery, punktfunk_found_host* hosts,
                                           size_t* count) {
  return guarded([&] { return after(check(discovery), [&] { return give_hosts(*discovery, hosts, count); }); });
}

punktfunk_result punktfunk_discovery_wait(punktfunk_discovery* discovery, uint32_t timeout_ms) {
  return guarded([&] { return after(check(discovery), [&] { return wait(*discovery, timeout_ms); }); });
}

punktfunk_result punktfunk_discovery_state(const punktfunk_discovery* discovery, punktfunk_error* error) {
  return guarded(error, [&]() -> Outcome {
    if (auto there = check(discovery); !there) return there;
    const auto state = discovery->browser->state();
    if (state.working) return {};
    return refuse(PUNKTFUNK_ERROR_UNSUPPORTED, state.text + (state.remedy.empty() ? "" : "; " + state.remedy));
  });
}

void punktfunk_discovery_stop(punktfunk_discovery* discovery) {
  destroy(discovery);
}
