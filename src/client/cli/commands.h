// The client's commands. Each returns the process's exit status; docs/client.md lists them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error.h"

namespace pf::client {

enum class Exit : int {
  ok = 0,
  failed = 1,      // it did not work; the sentence says why
  usage = 2,       // the command line makes no sense
  not_found = 3,   // no such host, or it does not answer
  not_paired = 4,  // the host does not know this client, or the PIN was wrong
};

struct DiscoverCommand {
  double seconds = 3;
  bool json = false;
};
Exit run(const DiscoverCommand& command);

struct PairCommand {
  std::string host;
  std::string pin;  // asked for when empty
  bool json = false;
};
Exit run(const PairCommand& command);

/// What `stream` and `probe` share.
struct SessionArguments {
  std::string host;
  std::string mode = "1920x1080@60";  // empty: of the display that the window is on; `stream` alone has one
  double bitrate_mbps = 20;
  double min_bitrate_mbps = 1;
  int channels = 2;
  bool no_audio = false;
};

struct ProbeCommand {
  SessionArguments session;
  double seconds = 10;
  std::string script;
  std::string out;
  bool json = false;
};
Exit run(const ProbeCommand& command);

struct SpeedCommand {
  std::string host;
  double seconds = 5;
  bool json = false;
};
Exit run(const SpeedCommand& command);

struct StreamCommand {
  SessionArguments session;
  bool fullscreen = false;
  bool grab = false;
  bool overlay = false;
  bool follow_window = false;
  bool vsync = false;
  bool software = false;
  double seconds = 0;  // 0: until the user ends it
  std::uint64_t frames = 0;
  std::string screenshot;
};
Exit run(const StreamCommand& command);

/// The sentence to standard error, and the status that goes with it.
Exit report(const Error& error);

}  // namespace pf::client
