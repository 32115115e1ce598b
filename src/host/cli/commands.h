// The host's commands. Each returns the process's exit status; docs/host.md lists them.
#pragma once

#include <optional>
#include <string>

#include "core/base/error.h"
#include "host/cli/config.h"

namespace pf::host {

enum class Exit : int {
  ok = 0,
  failed = 1,         // it did not work; the sentence says why
  usage = 2,          // the command line makes no sense
  bad_config = 3,     // the configuration file
  port_busy = 4,      // the UDP port, or another host of this user
  no_compositor = 5,  // nothing to make displays on or to capture from
  no_encoder = 6,
  not_running = 7,  // the command needs a running host
};

/// What every command is given: where things are, and the file that --config named.
struct Common {
  std::string config_file;
  bool json = false;
};

struct ServeCommand {
  Common common;
  std::string listen;  // instead of the file's
  std::string name;
  bool gamestream = false;  // also where the file says no
};
Exit run(const ServeCommand& command);

struct PairCommand {
  Common common;
  std::string pin;
  std::optional<int> seconds;
  // Moonlight's clients show a PIN themselves; it is typed in here.
  std::string gamestream_pin;
  std::string name;     // to keep that client under
  std::string address;  // which of those that wait
};
Exit run(const PairCommand& command);

struct ClientsCommand {
  Common common;
  std::string remove;  // empty: list
};
Exit run(const ClientsCommand& command);

struct StatusCommand {
  Common common;
};
Exit run(const StatusCommand& command);

struct DoctorCommand {
  Common common;
};
Exit run(const DoctorCommand& command);

/// The file that --config named, or the user's own if there is one, or the defaults.
Result<HostConfig> find_config(const std::string& named, const HostPaths& paths);

/// The sentence to standard error; returns `exit`.
Exit complain(const Error& error, Exit exit = Exit::failed);

}  // namespace pf::host
