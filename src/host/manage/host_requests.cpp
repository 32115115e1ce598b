#include "host/manage/host_requests.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <iterator>
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
          {"protocol", session.protocol},
          {"app", session.app},
          {"client", session.client},
          {"fingerprint", session.fingerprint},
          {"state", to_string(session.state)},
          {"display", session.display},
          {"encoder", session.encoder},
          {"cipher", session.cipher ? to_string(*session.cipher) : "no cipher"},
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
          {"refreshes", counters.refreshes},
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
    auto status = server_.status();
    if (gamestream_.sessions) std::ranges::move(gamestream_.sessions(), std::back_inserter(status.sessions));
    auto reply = to_json(status);
    reply["gamestream"] = gamestream_state();
    reply["ok"] = true;
    return reply;
  }
  if (what == "pair") return pair(request);
  if (what == "pair-gamestream") return pair_gamestream(request);
  if (what == "remove") return remove(request);
  if (what == "clients") {
    json::array clients;
    for (const auto& peer : trust_.peers()) clients.push_back(to_json(peer));
    return {{"ok", true}, {"clients", std::move(clients)}};
  }
  return failure("the running host knows no request '" + what + "'");
}

json::object HostRequests::gamestream_state() const {
  json::array waiting;
  if (gamestream_.waiting)
    for (const auto& address : gamestream_.waiting()) waiting.emplace_back(address);
  return {{"on", gamestream_.http_port != 0},
          {"text", gamestream_.state},
          {"http_port", gamestream_.http_port},
          {"https_port", gamestream_.https_port},
          {"waiting_for_pin", std::move(waiting)}};
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

json::object HostRequests::pair_gamestream(const json::object& request) {
  if (!gamestream_.pair) return failure("GameStream " + gamestream_.state);
  const auto given = gamestream_.pair(text_of(request, "pin"), text_of(request, "name"), text_of(request, "address"));
  if (!given) return failure(given.error().message);
  return {{"ok", true}, {"address", *given}};
}

json::object HostRequests::remove(const json::object& request) {
  const auto removed = trust_.remove(text_of(request, "who"));
  if (!removed) return failure(removed.error().message);
  return {{"ok", true}, {"removed", to_json(*removed)}};
}

}  // namespace pf::host
