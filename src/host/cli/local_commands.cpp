// The commands that talk to the running host beside them.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ctime>
#include <map>

#include "control/trust/trust_store.h"
#include "host/cli/commands.h"
#include "host/manage/host_requests.h"
#include "host/manage/local_socket.h"

namespace pf::host {
namespace {

namespace json = boost::json;

/// The running host's answer. Errors: as local_request(); refused, with the host's sentence.
Result<json::object> ask(const HostPaths& paths, const json::object& request) {
  if (auto there = paths.need_runtime(); !there) return std::unexpected(there.error());
  auto reply = local_request(paths.socket(), request);
  if (!reply) return reply;
  const auto* ok = reply->if_contains("ok");
  if (ok != nullptr && ok->is_bool() && ok->as_bool()) return reply;
  const auto* error = reply->if_contains("error");
  return fail(ErrorCode::refused,
              error != nullptr && error->is_string() ? std::string(error->as_string()) : "the running host refused");
}

Exit not_done(const Error& error) {
  if (error.code != ErrorCode::not_found) return complain(error);
  return complain({error.code, error.message + "; start it with 'punktfunk-host serve'"}, Exit::not_running);
}

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::string date_of(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

/// The protocol of each client that has a session at the running host, by fingerprint.
std::map<std::string, std::string> streaming_now(const HostPaths& paths) {
  std::map<std::string, std::string> streaming;
  const auto reply = ask(paths, {{"do", "status"}});
  const auto* sessions = reply ? reply->if_contains("sessions") : nullptr;
  if (sessions == nullptr || !sessions->is_array()) return streaming;
  for (const auto& session : sessions->as_array())
    if (const auto* object = session.if_object())
      streaming[text_of(*object, "fingerprint")] = text_of(*object, "protocol");
  return streaming;
}

void print_clients(const std::vector<control::TrustedPeer>& peers, const HostPaths& paths, bool as_json) {
  const auto streaming = streaming_now(paths);
  const auto protocol_of = [&](const control::TrustedPeer& peer) {
    const auto found = streaming.find(control::to_hex(peer.fingerprint));
    return found == streaming.end() ? std::string() : found->second;
  };
  if (as_json) {
    json::array list;
    for (const auto& peer : peers) {
      auto client = to_json(peer);
      client["session"] = protocol_of(peer);
      list.push_back(std::move(client));
    }
    fmt::print("{}\n", json::serialize(json::object{{"clients", std::move(list)}}));
    return;
  }
  if (peers.empty()) fmt::print("no client is paired; 'punktfunk-host pair' lets one in\n");
  for (const auto& peer : peers) {
    const auto protocol = protocol_of(peer);
    fmt::print("{:<24} {}  paired {}{}\n", peer.name, control::to_hex(peer.fingerprint).substr(0, 16),
               date_of(peer.paired_at), protocol.empty() ? "" : ", has a session (" + protocol + ")");
  }
}

/// A client is removed by the running host, so that its session ends; without one, in the file.
Exit remove_client(const ClientsCommand& command, const HostPaths& paths, control::TrustStore& trust) {
  const auto by_host = ask(paths, {{"do", "remove"}, {"who", command.remove}});
  std::string name;
  if (by_host) {
    const auto* removed = by_host->if_contains("removed");
    if (removed != nullptr && removed->is_object()) name = text_of(removed->as_object(), "name");
  } else if (by_host.error().code == ErrorCode::not_found || paths.runtime.empty()) {
    const auto removed = trust.remove(command.remove);
    if (!removed) return complain(removed.error());
    name = removed->name;
  } else {
    return complain(by_host.error());
  }
  if (command.common.json) {
    fmt::print("{}\n", json::serialize(json::object{{"removed", name}}));
  } else {
    fmt::print("{} is no longer paired\n", name);
  }
  return Exit::ok;
}

double number_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

void print_link(const json::object& session) {
  const auto* link = session.if_contains("link");
  if (link == nullptr || !link->is_object() || text_of(session, "state") != "streaming") return;
  const auto& figures = link->as_object();
  const double capacity = number_of(figures, "capacity_mbps");
  fmt::print("{:<24} {:.1f} of {:.1f} Mbit/s, parity {:.0f}%, loss {:.1f}%, {:.1f} ms in queues; the link carries {}\n",
             "", number_of(figures, "target_mbps"), number_of(session, "bitrate_mbps"),
             100 * number_of(figures, "parity"), 100 * number_of(figures, "loss"),
             number_of(figures, "queue_us") / 1000,
             capacity > 0 ? fmt::format("{:.0f} Mbit/s", capacity) : "what it is given");
}

Exit pair_moonlight(const PairCommand& command, const HostPaths& paths) {
  const auto reply = ask(paths, {{"do", "pair-gamestream"},
                                 {"pin", command.gamestream_pin},
                                 {"name", command.name},
                                 {"address", command.address}});
  if (!reply) return not_done(reply.error());
  const auto address = text_of(*reply, "address");
  if (command.common.json)
    fmt::print("{}\n", json::serialize(json::object{{"address", address}}));
  else
    fmt::print("given to the client at {}; it says whether the PIN was right, and then 'clients' lists it\n", address);
  return Exit::ok;
}

}  // namespace

Exit run(const PairCommand& command) {
  const auto paths = HostPaths::from_environment();
  if (!paths) return complain(paths.error());
  if (!command.gamestream_pin.empty()) return pair_moonlight(command, *paths);
  const auto config = find_config(command.common.config_file, *paths);
  if (!config) return complain(config.error(), Exit::bad_config);
  const auto seconds = command.seconds.value_or(static_cast<int>(config->pairing.window.count()));
  json::object request{{"do", "pair"}, {"seconds", seconds}};
  if (!command.pin.empty()) request["pin"] = command.pin;
  const auto reply = ask(*paths, request);
  if (!reply) return not_done(reply.error());
  const auto pin = text_of(*reply, "pin");
  if (command.common.json) {
    fmt::print("{}\n", json::serialize(json::object{{"pin", pin}, {"seconds", seconds}}));
  } else {
    fmt::print("PIN {}   (type it on the client within {} seconds: punktfunk pair {})\n", pin, seconds, config->name);
  }
  return Exit::ok;
}

Exit run(const ClientsCommand& command) {
  const auto paths = HostPaths::from_environment();
  if (!paths) return complain(paths.error());
  const auto trust = control::TrustStore::open(paths->trust());
  if (!trust) return complain(trust.error());
  if (!command.remove.empty()) return remove_client(command, *paths, **trust);
  print_clients((*trust)->peers(), *paths, command.common.json);
  return Exit::ok;
}

Exit run(const StatusCommand& command) {
  const auto paths = HostPaths::from_environment();
  if (!paths) return complain(paths.error());
  const auto reply = ask(*paths, {{"do", "status"}});
  if (!reply) return not_done(reply.error());
  if (command.common.json) {
    fmt::print("{}\n", json::serialize(*reply));
    return Exit::ok;
  }
  const auto* gamestream = reply->if_contains("gamestream");
  fmt::print(
      "{} listens at {}; GameStream {}\n", text_of(*reply, "name"), text_of(*reply, "listen"),
      gamestream != nullptr && gamestream->is_object() ? text_of(gamestream->as_object(), "text") : "is unknown");
  const auto* sessions = reply->if_contains("sessions");
  if (sessions == nullptr || !sessions->is_array() || sessions->as_array().empty()) {
    fmt::print("nobody is streaming\n");
    return Exit::ok;
  }
  for (const auto& entry : sessions->as_array()) {
    const auto& session = entry.as_object();
    const auto app = text_of(session, "app");
    fmt::print("{:<24} {:<10} {} on {} by {}, {}, {}{}\n", text_of(session, "client"), text_of(session, "state"),
               text_of(session, "mode"), text_of(session, "display"), text_of(session, "encoder"),
               text_of(session, "cipher"), text_of(session, "protocol"), app.empty() ? "" : ": " + app);
    print_link(session);
  }
  return Exit::ok;
}

}  // namespace pf::host
