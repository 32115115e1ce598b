#include "host/manage/host_requests.h"

#include <boost/json/array.hpp>
#include <optional>
#include <string>

namespace pf::host {
namespace {

namespace json = boost::json;

json::object failure(const std::string& sentence) {
  return {{"ok", false}, {"error", sentence}};
}

std::string text_of(const json::object& request, std::string_view key) {
  const auto* value = request.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

double mbps(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second) / 1e6;
}

json::object to_json(const LinkFigures& link) {
  return {{"target_mbps", mbps(link.target)},
          {"capacity_mbps", mbps(link.capacity)},
          {"parity", link.parity},
          {"loss", link.loss},
          {"queue_us", link.queue.count()}};
}

json::object to_json(const SessionStatus& session) {
  json::object stages;
  for (const auto& stage : session.stages) {
    stages[session::to_string(stage.stage)] = {{"count", stage.figures.count},
                                               {"p50_us", stage.figures.p50.count()},
                                               {"p99_us", stage.figures.p99.count()},
                                               {"max_us", stage.figures.max.count()}};
  }
  const auto& counters = session.counters;
  return {{"id", session.id},
          {"client", session.client},
          {"fingerprint", session.fingerprint},
          {"state", to_string(session.state)},
          {"display", session.display},
          {"encoder", session.encoder},
          {"cipher", to_string(session.cipher)},
          {"mode", session.mode.to_string()},
          {"bitrate_mbps", mbps(session.bitrate)},
          {"link", to_json(session.link)},
          {"audio", session.audio_on},
          {"audio_channels", session.audio.channels},
          {"input", session.input_on},
          {"uptime_s", session.uptime.count()},
          {"frames_captured", counters.frames_captured},
          {"frames_encoded", counters.frames_encoded},
          {"frames_dropped", counters.frames_dropped},
          {"keyframes", counters.keyframes},
          {"repairs", counters.repairs},
          {"packets_sent", counters.packets_sent},
          {"bytes_sent", counters.bytes_sent},
          {"input_events", counters.input_events},
          {"stages", std::move(stages)}};
}

}  // namespace

json::object to_json(const control::TrustedPeer& peer) {
  return {{"name", peer.name}, {"fingerprint", control::to_hex(peer.fingerprint)}, {"paired_at", peer.paired_at}};
}

json::object to_json(const HostStatus& status) {
  json::array sessions;
  for (const auto& session : status.sessions) sessions.push_back(to_json(session));
  return {{"name", status.name},
          {"listen", status.listen},
          {"uptime_s", status.uptime.count()},
          {"max_clients", status.max_clients},
          {"connections", status.connections},
          {"paired_clients", status.paired_clients},
          {"pairing_open", status.pairing_open},
          {"sessions", std::move(sessions)}};
}

json::object HostRequests::answer(const json::object& request) {
  const auto what = text_of(request, "do");
  if (what == "status") {
    auto reply = to_json(server_.status());
    reply["ok"] = true;
    return reply;
  }
  if (what == "pair") return pair(request);
  if (what == "remove") return remove(request);
  if (what == "clients") {
    json::array clients;
    for (const auto& peer : trust_.peers()) clients.push_back(to_json(peer));
    return {{"ok", true}, {"clients", std::move(clients)}};
  }
  return failure("the running host knows no request '" + what + "'");
}

json::object HostRequests::pair(const json::object& request) {
  const auto pin = text_of(request, "pin");
  std::optional<std::chrono::seconds> span;
  if (const auto* seconds = request.if_contains("seconds"); seconds != nullptr && seconds->is_int64()) {
    if (seconds->as_int64() < 10 || seconds->as_int64() > 3600)
      return failure("a pairing window is open for 10 to 3600 seconds");
    span = std::chrono::seconds{seconds->as_int64()};
  }
  const auto opened = pairing_.open(pin.empty() ? std::nullopt : std::optional(pin), span);
  if (!opened) return failure(opened.error().message);
  if (!pairing_.is_open())
    return failure("too many wrong PINs: the host takes no PIN for a while; 'punktfunk-host serve' says for how long");
  return {{"ok", true}, {"pin", *opened}};
}

json::object HostRequests::remove(const json::object& request) {
  const auto removed = trust_.remove(text_of(request, "who"));
  if (!removed) return failure(removed.error().message);
  return {{"ok", true}, {"removed", to_json(*removed)}};
}

}  // namespace pf::host
