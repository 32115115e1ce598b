#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "control/discovery/publisher.h"
#include "core/base/thread.h"
#include "host/cli/commands.h"
#include "host/linux/platform.h"
#include "host/manage/local_socket.h"

namespace pf::host {
namespace {

namespace json = boost::json;

/// One line of the examination. `needed` ones decide the exit status.
struct Finding {
  std::string what;
  bool good = false;
  bool needed = true;
  std::string text;
  std::string remedy;
};

Finding examine_config(const DoctorCommand& command, const HostPaths& paths, HostConfig& config) {
  auto found = find_config(command.common.config_file, paths);
  if (!found)
    return {"configuration", false, true, found.error().message,
            "correct the file, or move it away to use the defaults"};
  config = std::move(*found);
  std::error_code ec;
  const bool own = !command.common.config_file.empty() || std::filesystem::exists(paths.config, ec);
  return {"configuration", true, true,
          own ? "read" : "no file at " + paths.config.string() + ", so the defaults are used", ""};
}

Finding examine_session(const HostPaths& paths) {
  if (auto there = paths.need_runtime(); !there)
    return {"desktop session", false, true, there.error().message, "log in to a desktop and run this in its terminal"};
  return {"desktop session", true, true, "runtime folder " + paths.runtime.parent_path().string(), ""};
}

Finding examine_urgency() {
  if (may_be_urgent()) return {"urgent threads", true, false, "frames, packets and input go before a busy game", ""};
  return {"urgent threads", false, false, "this user may not have any: a game that takes every core delays frames",
          "echo \"$USER - nice -10\" | sudo tee /etc/security/limits.d/70-punktfunk.conf; then log in again"};
}

Finding examine_discovery() {
  const auto state = control::probe_discovery();
  return {"discovery", state.working, false, state.text, state.remedy};
}

Finding examine_running(const HostPaths& paths) {
  if (paths.runtime.empty()) return {"running host", false, false, "none can be reached without a runtime folder", ""};
  const auto reply = local_request(paths.socket(), {{"do", "status"}});
  if (!reply) return {"running host", false, false, "none runs for this user", "punktfunk-host serve"};
  const auto* listen = reply->if_contains("listen");
  return {"running host", true, false,
          "listens at " +
              (listen != nullptr && listen->is_string() ? std::string(listen->as_string()) : "an unknown address"),
          ""};
}

/// Whether it is wanted, and how it is doing at the host that runs.
Finding examine_gamestream(const HostPaths& paths, const HostConfig& config) {
  Finding finding{"GameStream", false, false, "is switched off", "gamestream.enabled = true in the configuration"};
  if (config.gamestream.enabled)
    finding = {"GameStream", true, false, fmt::format("comes up at TCP {}", config.gamestream.port), ""};
  if (paths.runtime.empty()) return finding;
  const auto reply = local_request(paths.socket(), {{"do", "status"}});
  const auto* state = reply ? reply->if_contains("gamestream") : nullptr;
  if (state == nullptr || !state->is_object()) return finding;
  const auto& object = state->as_object();
  const auto* text = object.if_contains("text");
  const auto* on = object.if_contains("on");
  if (text == nullptr || !text->is_string() || on == nullptr || !on->is_bool()) return finding;
  finding.text = text->as_string();
  finding.good = on->as_bool();
  if (finding.good) finding.remedy.clear();
  return finding;
}

void print(const std::vector<Finding>& findings, bool as_json) {
  json::array list;
  for (const auto& finding : findings) {
    if (as_json) {
      list.push_back(json::object{{"what", finding.what},
                                  {"ok", finding.good},
                                  {"needed", finding.needed},
                                  {"text", finding.text},
                                  {"remedy", finding.remedy}});
      continue;
    }
    fmt::print("{:<8} {:<26} {}\n",
               finding.good     ? "ok"
               : finding.needed ? "MISSING"
                                : "without",
               finding.what, finding.text);
    if (!finding.good && !finding.remedy.empty()) fmt::print("{:<8} {:<26} to mend it: {}\n", "", "", finding.remedy);
  }
  if (as_json) fmt::print("{}\n", json::serialize(json::object{{"findings", std::move(list)}}));
}

}  // namespace

Exit run(const DoctorCommand& command) {
  const auto paths = HostPaths::from_environment();
  if (!paths) return complain(paths.error());
  HostConfig config;
  std::vector<Finding> findings{examine_config(command, *paths, config), examine_session(*paths)};
  const SteadyClock clock;
  const auto& keys = config.keyboard;
  for (const auto& probe : make_linux_platform({keys.model, keys.layout, keys.variant, keys.options}, clock)->probe()) {
    // Without sound or input a session still shows the desktop.
    const bool needed = probe.seam != "audio" && probe.seam != "input" && probe.seam != "gamepads, touch, pen";
    findings.push_back({probe.seam + ": " + probe.backend, probe.usable, needed, probe.reason, probe.remedy});
  }
  findings.push_back(examine_urgency());
  findings.push_back(examine_discovery());
  findings.push_back(examine_running(*paths));
  findings.push_back(examine_gamestream(*paths, config));
  print(findings, command.common.json);
  for (const auto& finding : findings) {
    if (finding.needed && !finding.good) return Exit::failed;
  }
  return Exit::ok;
}

}  // namespace pf::host
