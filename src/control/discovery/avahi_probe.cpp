#include <avahi-common/simple-watch.h>

#include <memory>
#include <string>

#include "control/discovery/avahi_session.h"

namespace pf::control {
namespace {

struct FreePoll {
  void operator()(AvahiSimplePoll* poll) const { avahi_simple_poll_free(poll); }
};

}  // namespace

DiscoveryState probe_discovery() {
  const std::unique_ptr<AvahiSimplePoll, FreePoll> poll(avahi_simple_poll_new());
  int error = 0;
  const auto ignore = [](AvahiClient*, AvahiClientState, void*) {};
  const std::unique_ptr<AvahiClient, avahi::Free> client(
      poll ? avahi_client_new(avahi_simple_poll_get(poll.get()), AvahiClientFlags{}, ignore, nullptr, &error)
           : nullptr);
  if (!client) return avahi::no_daemon();
  const char* version = avahi_client_get_version_string(client.get());
  return {true, std::string(version == nullptr ? "Avahi" : version) + " answers", ""};
}

}  // namespace pf::control
