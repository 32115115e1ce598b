#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>

#include "control/discovery/publisher.h"
#include "core/base/version.h"
#include "host/cli/commands.h"
#include "host/cli/machine.h"
#include "host/cli/serve_gamestream.h"
#include "host/linux/platform.h"
#include "host/linux/process/linux_launcher.h"
#include "host/manage/host_requests.h"
#include "host/manage/local_socket.h"
#include "host/stream/host_log.h"
#include "host/stream/server.h"

namespace pf::host {
namespace {

void start_log(const std::string& level) {
  auto logger = spdlog::stderr_color_mt("punktfunk-host");
  logger->set_pattern("%H:%M:%S.%e %^%-5l%$ %v");
  logger->set_level(spdlog::level::from_str(level == "warn" ? "warning" : level));
  spdlog::set_default_logger(std::move(logger));
}

/// SIGINT and SIGTERM, held back from every thread that is started later, for the main thread to wait for.
sigset_t hold_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

bool any_usable(const std::vector<Probe>& probes, std::string_view seam, std::string& why) {
  for (const auto& probe : probes) {
    if (probe.seam != seam) continue;
    if (probe.usable) return true;
    why = probe.reason + (probe.remedy.empty() ? "" : "; " + probe.remedy);
  }
  return false;
}

/// Says what each seam will work with; what a session cannot do without decides the exit status.
Exit check_platform(const std::vector<Probe>& probes) {
  for (const auto& probe : probes) {
    if (probe.usable) {
      spdlog::info("{}: {} ({})", probe.seam, probe.backend, probe.reason);
    } else {
      spdlog::warn("{}: {} cannot be used: {}{}", probe.seam, probe.backend, probe.reason,
                   probe.remedy.empty() ? "" : "; " + probe.remedy);
    }
  }
  std::string why;
  if (!any_usable(probes, "display", why) || !any_usable(probes, "capture", why)) {
    return complain({ErrorCode::not_found, "there is no desktop to stream: " + why}, Exit::no_compositor);
  }
  if (!any_usable(probes, "encode", why))
    return complain({ErrorCode::not_found, "there is no video encoder: " + why}, Exit::no_encoder);
  return Exit::ok;
}

HostServerOptions server_options(const HostConfig& config, const net::Address& bind, control::Identity identity) {
  HostServerOptions options;
  options.bind = bind;
  options.identity = std::move(identity);
  options.name = config.name;
  options.max_clients = config.network.max_clients;
  auto& session = options.session;
  session.max_datagram = config.network.max_datagram;
  session.fec.floor = config.video.fec_floor;
  session.fec.cap = config.video.fec_cap;
  session.max_bitrate = config.video.max_bitrate;
  session.encoder_threads = config.video.encoder_threads;
  session.audio = config.audio.enabled;
  session.grace = config.session.grace;
  session.usage = [] {
    const auto usage = process_usage();
    return UsageSample{usage.cpu_us, usage.rss_kib};
  };
  options.on_event = log_host_events();
  return options;
}

std::unique_ptr<control::Publisher> announce(const HostConfig& config, const HostServer& server,
                                             const control::Identity& identity) {
  if (!config.discovery.enabled) return nullptr;
  control::Announcement announcement;
  announcement.name = config.name;
  announcement.port = server.local().port;
  announcement.version = software_version();
  announcement.min_protocol = announcement.max_protocol = wire::protocol_version;
  announcement.fingerprint = control::to_hex(identity.fingerprint).substr(0, control::fingerprint_digits);
  const auto state = control::probe_discovery();
  if (!state.working)
    spdlog::warn("clients cannot find this host by name: {}{}", state.text,
                 state.remedy.empty() ? "" : "; " + state.remedy);
  return control::Publisher::start(control::to_record(announcement));
}

void remove_leftovers(Platform& platform) {
  const auto removed = platform.remove_orphans();
  if (!removed) {
    spdlog::warn("could not look for displays of an earlier run: {}", removed.error().message);
  } else if (*removed > 0) {
    spdlog::info("removed {} virtual display{} that an earlier run left behind", *removed, *removed == 1 ? "" : "s");
  }
}

}  // namespace

Exit run(const ServeCommand& command) {
  const auto signals = hold_end_signals();
  const auto paths = HostPaths::from_environment();
  if (!paths) return complain(paths.error());
  if (auto there = paths->need_runtime(); !there) return complain(there.error());
  auto config = find_config(command.common.config_file, *paths);
  if (!config) return complain(config.error(), Exit::bad_config);
  if (!command.name.empty()) config->name = command.name;
  if (command.gamestream) config->gamestream.enabled = true;
  if (!command.listen.empty()) config->network.listen = command.listen;
  const auto bind = net::resolve(config->network.listen, control::default_port);
  if (!bind) return complain(bind.error().within("network.listen"), Exit::bad_config);
  start_log(config->log.level);

  auto identity = control::Identity::load_or_create(paths->state, config->name);
  if (!identity) return complain(identity.error());
  auto trust = control::TrustStore::open(paths->trust());
  if (!trust) return complain(trust.error());

  const SteadyClock clock;
  const auto& keys = config->keyboard;
  const auto platform = make_linux_platform({keys.model, keys.layout, keys.variant, keys.options}, clock);
  if (const auto missing = check_platform(platform->probe()); missing != Exit::ok) return missing;
  remove_leftovers(*platform);

  control::PairingWindow pairing({.open_for = config->pairing.window, .attempts = config->pairing.attempts}, clock);
  auto server =
      HostServer::create(server_options(*config, bind->front(), *identity), **trust, pairing, *platform, clock);
  if (!server) return complain(server.error(), server.error().code == ErrorCode::busy ? Exit::port_busy : Exit::failed);
  const auto settings = server_options(*config, bind->front(), *identity).session;
  const auto launcher = make_linux_launcher();
  GameStreamPart gamestream({*config, *paths, bind->front(), settings, **trust, *platform, *launcher, clock});
  HostRequests requests(**server, **trust, pairing, gamestream.desk());
  auto socket =
      LocalSocket::listen(paths->socket(), [&requests](const auto& request) { return requests.answer(request); });
  if (!socket) return complain(socket.error(), socket.error().code == ErrorCode::busy ? Exit::port_busy : Exit::failed);
  auto publisher = announce(*config, **server, *identity);
  if ((*trust)->peers().empty()) spdlog::info("no client is paired yet: run 'punktfunk-host pair' to let one in");

  int number = 0;
  sigwait(&signals, &number);
  spdlog::info("{}: saying goodbye to clients", number == SIGINT ? "Ctrl-C" : "asked to end");
  publisher.reset();
  socket->reset();
  gamestream.stop();
  (*server)->stop("the host is shutting down");
  return Exit::ok;
}

}  // namespace pf::host
