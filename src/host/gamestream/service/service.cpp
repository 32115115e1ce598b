#include "host/gamestream/service/service.h"

#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>

#include "core/base/thread.h"
#include "host/gamestream/apps/app_desk.h"
#include "host/gamestream/http/http_server.h"
#include "host/gamestream/http/requests.h"
#include "host/gamestream/pairing/pairing_desk.h"
#include "host/gamestream/service/log_limit.h"

namespace pf::host::gamestream {
namespace {

constexpr std::chrono::seconds look_after{1};

net::Address at(net::Address bind, std::uint16_t port) {
  bind.port = port;
  return bind;
}

std::uint32_t codec_modes(const std::vector<VideoCodec>& codecs) {
  std::uint32_t modes = 0;
  for (const auto codec : codecs) {
    switch (codec) {
      case VideoCodec::h264: modes |= CodecModes::h264; break;
      case VideoCodec::hevc: modes |= CodecModes::hevc; break;
      case VideoCodec::av1: modes |= CodecModes::av1_main8; break;
    }
  }
  return modes;
}

ServerOptions server_options(const ServiceOptions& options, AppDesk& apps) {
  ServerOptions server;
  server.news.streaming = [&apps](const Launch& launch, const Stage& stage, bool first) {
    if (first) apps.begin(launch, stage);
  };
  server.news.ended = [&apps](const Launch& launch) { apps.end(launch.session); };
  server.bind = options.bind;
  server.ports = ServerPorts::from_http(options.http);
  server.session = options.session;
  server.max_sessions = options.max_sessions;
  server.others = options.others;
  server.on_event = options.on_event;
  return server;
}

HttpServer::Options http_options(const ServiceOptions& options) {
  HttpServer::Options http;
  http.http = at(options.bind, options.http);
  http.https = at(options.bind, ServerPorts::from_http(options.http).https);
  http.identity = options.identity;
  return http;
}

}  // namespace

struct Service::Parts {
  Parts(const ServiceOptions& options, control::TrustStore& trust, ProcessLauncher& launcher, const Clock& clock)
      : on_event(options.on_event),
        list(options.apps ? options.apps : [desktop = std::make_shared<const AppList>()] { return desktop; }),
        apps(launcher, {.apps = list,
                        .finished =
                            [this](const std::string& client) {
                              if (const auto there = board.lock()) there->board().end(client, EndReason::quit);
                            },
                        .log = [this](const std::string& sentence) { report(sentence); }}),
        pairing(options.identity, trust, clock, {}, options.unix_time),
        notes(clock, [this](const std::string& sentence) { report(sentence); }) {}

  void report(const std::string& sentence) const {
    if (on_event)
      on_event({.kind = HostEvent::Kind::told, .level = HostEvent::Level::info, .client = {}, .text = sentence});
  }

  void look_after_pairing(const std::stop_token& stop) {
    begin_thread("pf-gs-pairing");
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    while (!stop.stop_requested()) {
      (void)never.wait_for(lock, stop, look_after, [] { return false; });
      pairing.expire();
      notes.look();
    }
  }

  const OnHostEvent on_event;
  const std::function<std::shared_ptr<const AppList>()> list;
  std::weak_ptr<GameStreamServer> board;  // for the apps, which may end later than the streams
  AppDesk apps;
  PairingDesk pairing;
  LogLimit notes;
  std::shared_ptr<GameStreamServer> streams;  // shared with the trust store's listener
  std::unique_ptr<Requests> requests;
  std::unique_ptr<HttpServer> http;
  std::jthread watch;
};

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, control::TrustStore& trust,
                                                Platform& platform, ProcessLauncher& launcher, const Clock& clock) {
  auto parts = std::make_unique<Parts>(options, trust, launcher, clock);
  auto streams = GameStreamServer::create(server_options(options, parts->apps), platform, clock);
  if (!streams) return std::unexpected(streams.error());
  parts->streams = std::move(*streams);
  parts->board = parts->streams;

  // A request may be there before its ports are known; it waits for them.
  const auto ready = std::make_shared<std::latch>(1);
  auto http = HttpServer::listen(http_options(options),
                                 [parts = parts.get(), ready](const HttpRequest& request, const Respond& respond) {
                                   ready->wait();
                                   parts->requests->answer(request, respond);
                                 });
  if (!http) return std::unexpected(http.error());
  parts->http = std::move(*http);
  parts->requests = std::make_unique<Requests>(
      HostFacts{.name = options.name,
                .id = options.id,
                .http_port = parts->http->http_port(),
                .https_port = parts->http->https_port(),
                .codec_modes = codec_modes(platform.codecs()),
                .hardware_address = options.hardware_address},
      Requests::Services{.pairing = parts->pairing,
                         .trust = trust,
                         .sessions = parts->streams->board(),
                         .apps = parts->list,
                         .log = [parts = parts.get()](const std::string& sentence) { parts->notes.say(sentence); }});
  ready->count_down();
  trust.on_removed([streams = std::weak_ptr(parts->streams)](const control::TrustedPeer& peer) {
    if (const auto there = streams.lock()) there->board().end(control::to_hex(peer.fingerprint), EndReason::untrusted);
  });
  parts->watch = std::jthread([parts = parts.get()](const std::stop_token& stop) { parts->look_after_pairing(stop); });
  return std::unique_ptr<Service>(new Service(std::move(parts)));
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Service::~Service() {
  // Who waits for a PIN is answered while there is still a way to them.
  parts_->pairing.close();
}

Result<std::string> Service::enter_pin(std::string_view pin, const std::string& name, const std::string& address) {
  return parts_->pairing.enter_pin(pin, name, address);
}

std::vector<std::string> Service::waiting() const {
  return parts_->pairing.waiting();
}

std::vector<SessionStatus> Service::sessions() const {
  return parts_->streams->sessions();
}

std::uint16_t Service::http_port() const {
  return parts_->http->http_port();
}

std::uint16_t Service::https_port() const {
  return parts_->http->https_port();
}

}  // namespace pf::host::gamestream
