// A connection to the Avahi daemon that comes back by itself: after the daemon, or the bus, went away and returned.
#pragma once

#include <avahi-client/client.h>
#include <avahi-common/thread-watch.h>

#include <functional>
#include <memory>
#include <mutex>

#include "control/discovery/discovery_state.h"

namespace pf::control::avahi {

struct Free {
  void operator()(AvahiThreadedPoll* poll) const { avahi_threaded_poll_free(poll); }
  void operator()(AvahiClient* client) const { avahi_client_free(client); }
};

/// The handlers run on Avahi's thread. What they make of the client goes with the client.
class Session {
 public:
  struct Handlers {
    std::function<void(AvahiClient*)> running;  // the daemon serves: (again) the time to announce or to browse
    std::function<void()> gone;                 // all that was made of the client is, or is about to be, freed
    std::function<void()> changed;              // state() says something else
  };
  explicit Session(Handlers handlers);
  /// No handler runs any more when it returns.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  void stop();

  /// Any thread.
  [[nodiscard]] DiscoveryState state() const;
  void set_state(DiscoveryState state);

 private:
  void connect();
  void reconnect_after(unsigned milliseconds);
  void on_state(AvahiClient* client, AvahiClientState state);

  Handlers handlers_;
  std::unique_ptr<AvahiThreadedPoll, Free> poll_;
  std::unique_ptr<AvahiClient, Free> client_;
  AvahiTimeout* retry_ = nullptr;  // the poll's
  mutable std::mutex mutex_;
  DiscoveryState state_;
};

/// "no Avahi daemon runs", and what to do about it.
DiscoveryState no_daemon();

}  // namespace pf::control::avahi
