// The host's configuration: one immutable value, read from one TOML file. packaging/host.toml documents every key.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::host {

struct HostConfig {
  std::string name;  // what clients see; the machine's name when the file is silent

  struct Network {
    std::string listen = "[::]:47900";
    unsigned max_clients = 8;
    unsigned max_datagram = 1200;  // bytes of UDP payload of a media packet
  } network;

  struct Discovery {
    bool enabled = true;
  } discovery;

  struct Pairing {
    std::chrono::seconds window{120};
    unsigned attempts = 3;
  } pairing;

  struct Session {
    std::chrono::milliseconds grace{2000};
  } session;

  struct Video {
    Bitrate max_bitrate{100'000'000};
    unsigned encoder_threads = 0;
    double fec_floor = 0.10;
    double fec_cap = 1.00;
  } video;

  struct Audio {
    bool enabled = true;
  } audio;

  struct GameStream {
    bool enabled = false;
    std::uint16_t port = 47989;            // of HTTP; the others stand around it; 0: each is any that is free
    std::string other_clients = "beside";  // "refuse", "replace"
  } gamestream;

  struct Keyboard {
    std::string model;
    std::string layout;
    std::string variant;
    std::string options;
  } keyboard;

  struct Log {
    std::string level = "info";
  } log;
};

/// Errors: not_found, io, malformed (file, line and what is wrong: a syntax error, an unknown key, a wrong type, a
/// value out of range).
Result<HostConfig> load_config(const std::filesystem::path& file);

/// The same from text; `origin` names it in errors.
Result<HostConfig> parse_config(std::string_view text, const std::string& origin);

/// Every key that a file may hold, "network.listen" and so on.
std::vector<std::string> config_keys();

/// Where a user's files are, by the XDG base directory specification.
struct HostPaths {
  std::filesystem::path config;   // host.toml
  std::filesystem::path state;    // folder of identity.pem and clients
  std::filesystem::path runtime;  // folder of the control socket; empty where the session has none

  [[nodiscard]] std::filesystem::path socket() const { return runtime / "host.sock"; }
  /// Beside the user's own configuration.
  [[nodiscard]] std::filesystem::path apps() const { return config.parent_path() / "apps.toml"; }
  [[nodiscard]] std::filesystem::path trust() const { return state / "clients"; }
  /// Errors: invalid_argument, naming the variable that gives a runtime folder.
  [[nodiscard]] Result<void> need_runtime() const;
  /// From XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR and HOME. Errors: not_found (says which variable to set).
  static Result<HostPaths> from_environment();
};

}  // namespace pf::host
