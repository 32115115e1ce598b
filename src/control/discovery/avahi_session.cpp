#include "control/discovery/avahi_session.h"

#include <avahi-common/error.h>
#include <avahi-common/timeval.h>

#include <utility>

namespace pf::control::avahi {
namespace {

constexpr unsigned bus_retry_ms = 5'000;

}  // namespace

DiscoveryState no_daemon() {
  return {false, "no Avahi daemon runs, so hosts and clients cannot find each other by themselves",
          "apt install avahi-daemon && systemctl enable --now avahi-daemon"};
}

Session::Session(Handlers handlers) : handlers_(std::move(handlers)), state_(no_daemon()) {}

Session::~Session() {
  stop();
}

void Session::start() {
  poll_.reset(avahi_threaded_poll_new());
  if (!poll_) return;
  const AvahiPoll* poll = avahi_threaded_poll_get(poll_.get());
  retry_ =
      poll->timeout_new(poll, nullptr, [](AvahiTimeout*, void* self) { static_cast<Session*>(self)->connect(); }, this);
  connect();
  avahi_threaded_poll_start(poll_.get());
}

void Session::stop() {
  if (!poll_) return;
  avahi_threaded_poll_stop(poll_.get());
  handlers_.gone();
  client_.reset();
  avahi_threaded_poll_get(poll_.get())->timeout_free(retry_);
  poll_.reset();
}

// A client that has failed is replaced from the timer, not from its own callback, which still stands on it.
void Session::connect() {
  avahi_threaded_poll_get(poll_.get())->timeout_update(retry_, nullptr);
  if (client_) handlers_.gone();
  client_.reset();
  int error = 0;
  client_.reset(avahi_client_new(
      avahi_threaded_poll_get(poll_.get()), AVAHI_CLIENT_NO_FAIL,
      [](AvahiClient* client, AvahiClientState state, void* self) {
        static_cast<Session*>(self)->on_state(client, state);
      },
      this, &error));
  if (client_) return;
  set_state(no_daemon());
  reconnect_after(bus_retry_ms);
}

void Session::on_state(AvahiClient* client, AvahiClientState state) {
  switch (state) {
    case AVAHI_CLIENT_S_RUNNING: handlers_.running(client); return;
    case AVAHI_CLIENT_S_COLLISION:
    case AVAHI_CLIENT_S_REGISTERING: handlers_.gone(); return;  // the daemon's host name changes; running comes again
    case AVAHI_CLIENT_CONNECTING: set_state(no_daemon()); return;
    case AVAHI_CLIENT_FAILURE: {
      if (avahi_client_errno(client) == AVAHI_ERR_DISCONNECTED) {
        set_state(no_daemon());
      } else {
        set_state({false, std::string("Avahi failed: ") + avahi_strerror(avahi_client_errno(client)),
                   "systemctl restart avahi-daemon"});
      }
      reconnect_after(0);
      return;
    }
  }
}

void Session::reconnect_after(unsigned milliseconds) {
  timeval when{};
  avahi_elapse_time(&when, milliseconds, 0);
  avahi_threaded_poll_get(poll_.get())->timeout_update(retry_, &when);
}

DiscoveryState Session::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Session::set_state(DiscoveryState state) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == state) return;
    state_ = std::move(state);
  }
  handlers_.changed();
}

}  // namespace pf::control::avahi
