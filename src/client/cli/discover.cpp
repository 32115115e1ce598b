#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <thread>

#include "client/cli/client_state.h"
#include "client/cli/commands.h"
#include "control/discovery/browser.h"

namespace pf::client {
namespace {

namespace json = boost::json;

bool knows(const control::TrustStore& hosts, const std::string& fingerprint_prefix) {
  if (fingerprint_prefix.empty()) return false;
  for (const auto& peer : hosts.peers()) {
    if (control::to_hex(peer.fingerprint).starts_with(fingerprint_prefix)) return true;
  }
  return false;
}

}  // namespace

Exit run(const DiscoverCommand& command) {
  auto state = ClientState::open();
  if (!state) return report(state.error());
  const auto browser = control::Browser::start([] {});
  std::this_thread::sleep_for(std::chrono::duration<double>(command.seconds));
  const auto hosts = browser->hosts();

  json::array list;
  for (const auto& host : hosts) {
    if (host.addresses.empty()) continue;
    const bool paired = knows(state->hosts(), host.announcement.fingerprint);
    const auto address = host.addresses.front().to_string();
    list.push_back(json::object{{"name", host.announcement.name},
                                {"address", address},
                                {"version", host.announcement.version},
                                {"paired", paired}});
    if (!command.json)
      fmt::print("{:<24} {:<24} {}\n", host.announcement.name, address, paired ? "paired" : "not paired");
  }
  if (command.json) fmt::print("{}\n", json::serialize(json::object{{"hosts", list}}));
  if (list.empty() && !command.json) {
    const auto discovery = browser->state();
    fmt::print(stderr, "{}\n",
               discovery.working ? "no host was found on the local network"
                                 : discovery.text + (discovery.remedy.empty() ? "" : ": " + discovery.remedy));
  }
  return Exit::ok;
}

}  // namespace pf::client
