#include "host/cli/serve_gamestream.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <ctime>

#include "host/cli/machine.h"
#include "host/stream/host_log.h"

namespace pf::host {
namespace {

constexpr const char* service_type = "_nvstream._tcp";
constexpr std::size_t id_digits = 32;

gamestream::OtherClients others_of(const std::string& word) {
  if (word == "refuse") return gamestream::OtherClients::refuse;
  if (word == "replace") return gamestream::OtherClients::replace;
  return gamestream::OtherClients::beside;
}

}  // namespace

GameStreamPart::GameStreamPart(const Surroundings& around) {
  if (around.config.gamestream.enabled) start(around);
}

void GameStreamPart::start(const Surroundings& around) {
  const auto& config = around.config;
  const auto cannot = [this](const Error& error) {
    state_ = "is off: " + error.message;
    spdlog::error("GameStream is off, the rest goes on: {}", error.message);
  };
  auto identity = control::Identity::load_or_create(around.paths.state, config.name, control::KeyKind::rsa2048);
  if (!identity) return cannot(identity.error());
  apps_ = std::make_unique<AppsFile>(around.paths.apps(), [](const std::string& sentence) { spdlog::warn(sentence); });
  gamestream::ServiceOptions options;
  options.apps = [this] { return apps_->list(); };
  options.bind = around.bind;
  options.http = config.gamestream.port;
  options.name = config.name;
  options.id = control::to_hex(identity->fingerprint).substr(0, id_digits);
  options.identity = std::move(*identity);
  options.session = around.session;
  options.max_sessions = config.network.max_clients;
  options.others = others_of(config.gamestream.other_clients);
  options.hardware_address = hardware_address;
  options.on_event = log_host_events();
  options.unix_time = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  auto service = gamestream::Service::start(options, around.trust, around.platform, around.launcher, around.clock);
  if (!service) {
    auto error = service.error();
    if (error.code == ErrorCode::busy)
      error.message += "; end that program, or choose another gamestream.port in the configuration";
    return cannot(error);
  }
  service_ = std::move(*service);
  state_ = fmt::format("listens at TCP {} and {}", service_->http_port(), service_->https_port());
  spdlog::info(
      "GameStream {}, for Moonlight's clients. Keep it on a network that you trust: its pairing goes over plain HTTP "
      "behind a PIN of 4 digits, and clients choose whether picture and sound are encrypted",
      state_);
  // Where no daemon runs, the native announcement has said so.
  if (config.discovery.enabled)
    publisher_ = control::Publisher::start({service_type, config.name, service_->http_port(), {}});
}

GameStreamDesk GameStreamPart::desk() {
  if (!service_) return {.state = state_, .pair = {}, .waiting = {}, .sessions = {}};
  return {.state = state_,
          .http_port = service_->http_port(),
          .https_port = service_->https_port(),
          .pair = [this](const std::string& pin, const std::string& name,
                         const std::string& address) { return service_->enter_pin(pin, name, address); },
          .waiting = [this] { return service_->waiting(); },
          .sessions = [this] { return service_->sessions(); }};
}

void GameStreamPart::stop() {
  publisher_.reset();
  service_.reset();
}

}  // namespace pf::host
