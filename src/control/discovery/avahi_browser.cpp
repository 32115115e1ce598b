#include <avahi-client/lookup.h>
#include <avahi-common/address.h>
#include <avahi-common/error.h>
#include <avahi-common/strlst.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include "control/discovery/avahi_session.h"
#include "control/discovery/browser.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr std::size_t max_instances = 256;  // of hosts, interfaces and protocols; more is no home network

// One host may answer on several interfaces, by IPv4 and by IPv6.
struct InstanceKey {
  std::string name;
  AvahiIfIndex interface = AVAHI_IF_UNSPEC;
  AvahiProtocol protocol = AVAHI_PROTO_UNSPEC;
  auto operator<=>(const InstanceKey&) const = default;
};

struct Instance {
  AvahiServiceResolver* resolver = nullptr;  // the client's; stays open, so that changes are told
  bool resolved = false;
  Announcement announcement;
  net::Address address;
};

net::Address to_address(const AvahiAddress& from, std::uint16_t port, AvahiIfIndex interface) {
  net::Address to;
  to.port = port;
  if (from.proto == AVAHI_PROTO_INET) {
    std::memcpy(to.bytes.data(), &from.data.ipv4.address, 4);
    return to;
  }
  to.family = net::Address::Family::v6;
  std::memcpy(to.bytes.data(), from.data.ipv6.address, 16);
  const bool link_local = to.bytes[0] == 0xfe && (to.bytes[1] & 0xc0) == 0x80;
  if (link_local) to.scope = static_cast<std::uint32_t>(interface);
  return to;
}

std::vector<std::string> strings_of(AvahiStringList* list) {
  std::vector<std::string> strings;
  for (; list != nullptr; list = avahi_string_list_get_next(list))
    strings.emplace_back(reinterpret_cast<const char*>(avahi_string_list_get_text(list)),
                         avahi_string_list_get_size(list));
  return strings;
}

// IPv4 first, then IPv6 that is routed, then link-local: what works in most networks stands first.
auto preference(const net::Address& address) {
  return std::tuple(address.family, address.scope != 0, address);
}

class AvahiBrowser final : public Browser {
 public:
  explicit AvahiBrowser(std::function<void()> changed)
      : changed_(std::move(changed)),
        session_({[this](AvahiClient* client) { browse(client); }, [this] { forget(); }, [this] { tell(); }}) {
    session_.start();
  }
  AvahiBrowser(const AvahiBrowser&) = delete;
  AvahiBrowser& operator=(const AvahiBrowser&) = delete;
  ~AvahiBrowser() override { session_.stop(); }

  [[nodiscard]] DiscoveryState state() const override { return session_.state(); }

  [[nodiscard]] std::vector<FoundHost> hosts() const override {
    const std::lock_guard lock(mutex_);
    std::vector<FoundHost> hosts;
    const std::string* last = nullptr;
    for (const auto& [key, instance] : instances_) {
      if (!instance.resolved) continue;
      if (last == nullptr || *last != key.name) hosts.push_back({instance.announcement, {}});
      last = &key.name;
      hosts.back().addresses.push_back(instance.address);
    }
    for (FoundHost& host : hosts) {
      std::ranges::sort(host.addresses, {}, preference);
      const auto repeated = std::ranges::unique(host.addresses);
      host.addresses.erase(repeated.begin(), repeated.end());
    }
    return hosts;
  }

 private:
  // All below runs on Avahi's thread.

  void browse(AvahiClient* client) {
    if (browser_ != nullptr) return;
    browser_ = avahi_service_browser_new(client, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, service_type, nullptr,
                                         AvahiLookupFlags{}, on_browse, this);
    if (browser_ == nullptr) {
      session_.set_state({false, std::string("Avahi does not browse: ") + avahi_strerror(avahi_client_errno(client)),
                          "systemctl restart avahi-daemon"});
      return;
    }
    session_.set_state({true, "looking for hosts", ""});
  }

  void forget() {
    if (browser_ != nullptr) avahi_service_browser_free(browser_);
    browser_ = nullptr;
    std::map<InstanceKey, Instance> old;
    {
      const std::lock_guard lock(mutex_);
      old.swap(instances_);
    }
    for (const auto& [key, instance] : old) avahi_service_resolver_free(instance.resolver);
    if (!old.empty()) tell();
  }

  static void on_browse(AvahiServiceBrowser* browser, AvahiIfIndex interface, AvahiProtocol protocol,
                        AvahiBrowserEvent event, const char* name, const char* type, const char* domain,
                        AvahiLookupResultFlags, void* self) {
    auto& us = *static_cast<AvahiBrowser*>(self);
    if (event == AVAHI_BROWSER_NEW) {
      us.add(avahi_service_browser_get_client(browser), {name, interface, protocol}, type, domain);
    } else if (event == AVAHI_BROWSER_REMOVE) {
      us.remove({name, interface, protocol});
    }
  }

  void add(AvahiClient* client, const InstanceKey& key, const char* type, const char* domain) {
    if (instances_.size() >= max_instances || instances_.contains(key)) return;
    AvahiServiceResolver* resolver =
        avahi_service_resolver_new(client, key.interface, key.protocol, key.name.c_str(), type, domain, key.protocol,
                                   AvahiLookupFlags{}, on_resolve, this);
    if (resolver == nullptr) return;
    const std::lock_guard lock(mutex_);
    instances_[key].resolver = resolver;
  }

  void remove(const InstanceKey& key) {
    const auto found = instances_.find(key);
    if (found == instances_.end()) return;
    avahi_service_resolver_free(found->second.resolver);
    {
      const std::lock_guard lock(mutex_);
      instances_.erase(found);
    }
    tell();
  }

  static void on_resolve(AvahiServiceResolver*, AvahiIfIndex interface, AvahiProtocol protocol,
                         AvahiResolverEvent event, const char* name, const char*, const char*, const char*,
                         const AvahiAddress* address, std::uint16_t port, AvahiStringList* txt, AvahiLookupResultFlags,
                         void* self) {
    if (event == AVAHI_RESOLVER_FOUND)
      static_cast<AvahiBrowser*>(self)->resolved({name, interface, protocol}, *address, port, strings_of(txt));
  }

  void resolved(const InstanceKey& key, const AvahiAddress& address, std::uint16_t port,
                const std::vector<std::string>& txt) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = instances_.find(key);
      if (found == instances_.end()) return;
      Instance& instance = found->second;
      instance.announcement = {};
      instance.announcement.name = wire::printable(key.name);
      instance.announcement.port = port;
      read_txt(txt, instance.announcement);
      instance.address = to_address(address, port, key.interface);
      instance.resolved = true;
    }
    tell();
  }

  void tell() const {
    if (changed_) changed_();
  }

  std::function<void()> changed_;
  mutable std::mutex mutex_;  // for readers on other threads; only Avahi's thread writes
  std::map<InstanceKey, Instance> instances_;
  AvahiServiceBrowser* browser_ = nullptr;  // the client's
  avahi::Session session_;
};

}  // namespace

std::unique_ptr<Browser> Browser::start(std::function<void()> changed) {
  return std::make_unique<AvahiBrowser>(std::move(changed));
}

}  // namespace pf::control
