#include "host/stream/server.h"

#include <fmt/format.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <utility>

#include "host/stream/host_core.h"

namespace pf::host {
namespace {

/// The way to the control thread for those who may call when the port is gone already.
class Doorway {
 public:
  void open(control::QuicPort* port) {
    const std::scoped_lock lock(mutex_);
    port_ = port;
  }
  void close() { open(nullptr); }
  void post(std::function<void()> task, milliseconds delay) {
    const std::scoped_lock lock(mutex_);
    if (port_) port_->post(std::move(task), delay);
  }

 private:
  std::mutex mutex_;
  control::QuicPort* port_ = nullptr;
};

}  // namespace

struct HostServer::Parts {
  std::atomic<bool> stopped = false;
  std::shared_ptr<Doorway> door = std::make_shared<Doorway>();  // shared with the trust store's listener
  std::shared_ptr<HostCore> core;                               // likewise
  std::unique_ptr<control::QuicPort> port;                      // ends first: it calls into the core
};

Result<std::unique_ptr<HostServer>> HostServer::create(HostServerOptions options, control::TrustStore& trust,
                                                       control::PairingWindow& pairing, Platform& platform,
                                                       const Clock& clock) {
  auto parts = std::make_unique<Parts>();
  control::QuicPortOptions listen;
  listen.bind = options.bind;
  listen.identity = options.identity;
  listen.timeouts = options.timeouts;
  const HostCore::Services services{trust, pairing, platform, clock};
  parts->core = std::make_shared<HostCore>(
      std::move(options), services,
      [door = parts->door](std::function<void()> task, milliseconds delay) { door->post(std::move(task), delay); });
  // A client may be there before listen() returns; it waits for the door.
  const auto ready = std::make_shared<std::latch>(1);
  auto port = control::QuicPort::listen(listen, [core = parts->core.get(), ready](control::QuicConnection& connection) {
    ready->wait();
    return core->accept(connection);
  });
  if (!port) return std::unexpected(port.error());
  parts->port = std::move(*port);
  parts->door->open(parts->port.get());
  ready->count_down();
  trust.on_removed([core = std::weak_ptr(parts->core)](const control::TrustedPeer& peer) {
    if (const auto host = core.lock()) host->remove_client(peer.fingerprint);
  });
  const auto& core = *parts->core;
  core.report({HostEvent::Kind::listening,
               HostEvent::Level::info,
               {},
               fmt::format("{} listens on UDP {}", core.options().name, parts->port->local().to_string())});
  return std::unique_ptr<HostServer>(new HostServer(std::move(parts)));
}

HostServer::HostServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HostServer::~HostServer() {
  stop("The host is stopping.");
  parts_->door->close();
}

HostStatus HostServer::status() const {
  return parts_->core->status(local());
}

net::Address HostServer::local() const {
  return parts_->port->local();
}

void HostServer::stop(const std::string& text) {
  parts_->core->stop(text);
  if (parts_->stopped.exchange(true)) return;
  parts_->core->report({HostEvent::Kind::stopped, HostEvent::Level::info, {}, "The host has stopped"});
}

}  // namespace pf::host
