#include "client/cli/client_state.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "control/discovery/browser.h"
#include "control/quic/quic_port.h"

namespace pf::client {
namespace {

constexpr std::chrono::seconds look_around{2};

std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "punktfunk client";
  return name.data();
}

Result<std::filesystem::path> state_folder() {
  // NOLINTBEGIN(concurrency-mt-unsafe): before any thread is started
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  if (state != nullptr && *state != '\0') return std::filesystem::path(state) / "punktfunk" / "client";
  if (home != nullptr && *home != '\0')
    return std::filesystem::path(home) / ".local" / "state" / "punktfunk" / "client";
  return fail(ErrorCode::not_found, "neither HOME nor XDG_STATE_HOME is set; set HOME");
}

/// The first address of a host that announces itself by this name.
std::optional<net::Address> find_announced(const std::string& name) {
  std::mutex mutex;
  std::condition_variable changed;
  bool dirty = true;
  const auto browser = control::Browser::start([&] {
    {
      const std::lock_guard lock(mutex);
      dirty = true;
    }
    changed.notify_one();
  });
  const auto until = std::chrono::steady_clock::now() + look_around;
  for (;;) {
    for (const auto& host : browser->hosts()) {
      if (host.announcement.name == name && !host.addresses.empty()) return host.addresses.front();
    }
    std::unique_lock lock(mutex);
    dirty = false;
    if (!changed.wait_until(lock, until, [&] { return dirty; })) return std::nullopt;
  }
}

/// Digits with dots, or colons: nobody's name.
bool is_address(const std::string& text) {
  return text.find_first_not_of("0123456789.:") == std::string::npos || text.starts_with('[') ||
         std::ranges::count(text, ':') > 1;
}

/// By address too: a host that was paired under it and has not moved.
std::optional<control::TrustedPeer> paired_at(const net::Address& address,
                                              const std::vector<control::TrustedPeer>& peers) {
  const auto found = std::ranges::find(peers, address.to_string(), &control::TrustedPeer::address);
  return found != peers.end() ? std::optional(*found) : std::nullopt;
}

}  // namespace

Result<ClientState> ClientState::open() {
  const auto folder = state_folder();
  if (!folder) return std::unexpected(folder.error());
  ClientState state;
  state.name_ = machine_name();
  auto identity = control::Identity::load_or_create(*folder, state.name_);
  if (!identity) return std::unexpected(identity.error());
  state.identity_ = std::move(*identity);
  auto hosts = control::TrustStore::open(*folder / "hosts");
  if (!hosts) return std::unexpected(hosts.error());
  state.hosts_ = std::move(*hosts);
  return state;
}

Result<FoundTarget> find_target(const std::string& text, const control::TrustStore& hosts) {
  const auto peers = hosts.peers();
  const auto named = std::ranges::find(peers, text, &control::TrustedPeer::name);
  // Where a host announces itself now is better than where it was when it was paired; an address speaks for itself.
  if (const auto announced = is_address(text) ? std::nullopt : find_announced(text)) {
    auto paired = named != peers.end() ? std::optional(*named) : paired_at(*announced, peers);
    return FoundTarget{*announced, std::move(paired)};
  }
  const auto address = net::resolve(named != peers.end() ? named->address : text, control::default_port);
  if (!address) {
    return fail(
        ErrorCode::not_found,
        "no host is named '" + text + "': not on the local network, not among the paired ones, and it is no address");
  }
  auto paired = named != peers.end() ? std::optional(*named) : paired_at(address->front(), peers);
  return FoundTarget{address->front(), std::move(paired)};
}

Result<FoundTarget> find_paired_target(const std::string& text, const control::TrustStore& hosts) {
  auto target = find_target(text, hosts);
  if (!target || target->paired) return target;
  return fail(ErrorCode::unauthenticated, "this client is not paired with " + text +
                                              "; run 'punktfunk-host pair' there and then 'punktfunk pair " + text +
                                              "' here");
}

}  // namespace pf::client
