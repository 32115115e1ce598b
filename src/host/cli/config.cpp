#include "host/cli/config.h"

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "host/cli/config_text.h"
#include "host/cli/machine.h"
#include "host/cli/toml.h"
#include "host/gamestream/stream/server_ports.h"

namespace pf::host {
namespace {

/// One key of the file: checks the node and stores it; the returned text says what is wrong, empty when nothing is.
using Setter = std::function<std::string(const toml::node&)>;

Setter text(std::string& out, std::size_t most = 256) {
  return [&out, most](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    if (!value) return "must be text in quotes";
    auto given = from_plain_text(*value);
    if (given.size() > most) return fmt::format("is longer than {} bytes", most);
    out = std::move(given);
    return {};
  };
}

Setter flag(bool& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value_exact<bool>();
    if (!value) return "must be true or false";
    out = *value;
    return {};
  };
}

Setter number(std::int64_t least, std::int64_t most, std::function<void(std::int64_t)> store) {
  return [least, most, store = std::move(store)](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
      return fmt::format("must be a whole number from {} to {}", least, most);
    store(*value);
    return {};
  };
}

Setter share(double& out) {
  return [&out](const toml::node& node) -> std::string {
    const auto value = node.value<double>();
    if (!value || !(*value >= 0.0 && *value <= 4.0)) return "must be a number from 0.0 to 4.0";
    out = *value;
    return {};
  };
}

Setter choice(std::string& out, std::vector<std::string> words) {
  return [&out, words = std::move(words)](const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    for (const auto& word : words) {
      if (value && *value == word) {
        out = word;
        return {};
      }
    }
    return fmt::format("must be one of \"{}\"", fmt::join(words, "\", \""));
  };
}

std::map<std::string, Setter, std::less<>> setters(HostConfig& c) {
  return {
      {"name", text(c.name, 63)},
      {"network.listen", text(c.network.listen)},
      {"network.max_clients", number(1, 64, [&c](auto n) { c.network.max_clients = static_cast<unsigned>(n); })},
      {"network.max_datagram", number(600, 8900, [&c](auto n) { c.network.max_datagram = static_cast<unsigned>(n); })},
      {"discovery.enabled", flag(c.discovery.enabled)},
      {"pairing.window_seconds", number(10, 3600, [&c](auto n) { c.pairing.window = std::chrono::seconds{n}; })},
      {"pairing.attempts", number(1, 10, [&c](auto n) { c.pairing.attempts = static_cast<unsigned>(n); })},
      {"session.grace_ms", number(0, 60'000, [&c](auto n) { c.session.grace = std::chrono::milliseconds{n}; })},
      {"video.max_bitrate_mbps",
       number(1, 1000, [&c](auto n) { c.video.max_bitrate = {static_cast<std::uint64_t>(n) * 1'000'000}; })},
      {"video.encoder_threads", number(0, 64, [&c](auto n) { c.video.encoder_threads = static_cast<unsigned>(n); })},
      {"video.fec_floor", share(c.video.fec_floor)},
      {"video.fec_cap", share(c.video.fec_cap)},
      {"audio.enabled", flag(c.audio.enabled)},
      {"gamestream.enabled", flag(c.gamestream.enabled)},
      {"gamestream.port",
       [&c](const toml::node& node) -> std::string {
         const auto port = node.value_exact<std::int64_t>().value_or(-1);
         if (port != 0 && (port < gamestream::least_http_port || port > gamestream::most_http_port))
           return fmt::format("must be 0 or a whole number from {} to {}", gamestream::least_http_port,
                              gamestream::most_http_port);
         c.gamestream.port = static_cast<std::uint16_t>(port);
         return {};
       }},
      {"gamestream.other_clients", choice(c.gamestream.other_clients, {"beside", "refuse", "replace"})},
      {"keyboard.model", text(c.keyboard.model)},
      {"keyboard.layout", text(c.keyboard.layout)},
      {"keyboard.variant", text(c.keyboard.variant)},
      {"keyboard.options", text(c.keyboard.options)},
      {"log.level", choice(c.log.level, {"trace", "debug", "info", "warn", "error"})},
  };
}

Result<void> apply(const toml::table& table, const std::string& prefix,
                   const std::map<std::string, Setter, std::less<>>& keys, const std::string& origin) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + from_plain_text(key.str());
    const auto setter = keys.find(name);
    if (setter != keys.end()) {
      if (const auto wrong = setter->second(node); !wrong.empty()) {
        return fail(ErrorCode::malformed, fmt::format("{}: {} {}", at(origin, node.source()), name, wrong));
      }
      continue;
    }
    const auto section = keys.lower_bound(name + ".");
    const bool is_section = section != keys.end() && section->first.starts_with(name + ".");
    if (!is_section || !node.is_table()) {
      return fail(ErrorCode::malformed, fmt::format("{}: there is no setting '{}'", at(origin, node.source()), name));
    }
    if (auto done = apply(*node.as_table(), name + ".", keys, origin); !done) return done;
  }
  return {};
}

}  // namespace

Result<HostConfig> parse_config(std::string_view text, const std::string& origin) {
  const auto table = parse_toml(text, origin);
  if (!table) return std::unexpected(table.error());
  HostConfig config;
  if (auto applied = apply(*table, "", setters(config), origin); !applied) return std::unexpected(applied.error());
  if (config.video.fec_cap < config.video.fec_floor) {
    return fail(ErrorCode::malformed, fmt::format("{}: video.fec_cap is below video.fec_floor", origin));
  }
  if (config.name.empty()) config.name = machine_name();
  return config;
}

std::vector<std::string> config_keys() {
  HostConfig config;
  std::vector<std::string> keys;
  for (const auto& [key, setter] : setters(config)) keys.push_back(key);
  return keys;
}

Result<HostConfig> load_config(const std::filesystem::path& file) {
  const auto text = read_toml(file, "the configuration file");
  if (!text) return std::unexpected(text.error());
  return parse_config(*text, file.string());
}

Result<HostPaths> HostPaths::from_environment() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const auto value = environment(name);
    return value ? std::filesystem::path(*value) : std::filesystem::path();
  };
  const auto home = variable("HOME");
  auto config = variable("XDG_CONFIG_HOME");
  auto state = variable("XDG_STATE_HOME");
  const auto runtime = variable("XDG_RUNTIME_DIR");
  if (config.empty() && !home.empty()) config = home / ".config";
  if (state.empty() && !home.empty()) state = home / ".local" / "state";
  if (config.empty() || state.empty())
    return fail(ErrorCode::not_found, "neither HOME nor XDG_CONFIG_HOME and XDG_STATE_HOME are set; set HOME");
  return HostPaths{config / "punktfunk" / "host.toml", state / "punktfunk" / "host",
                   runtime.empty() ? runtime : runtime / "punktfunk"};
}

Result<void> HostPaths::need_runtime() const {
  if (!runtime.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "XDG_RUNTIME_DIR is not set; run this inside your desktop session, or set it to a folder of mode 0700");
}

}  // namespace pf::host
