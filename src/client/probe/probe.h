// `punktfunk probe`: a client without a window that streams, measures, records and plays a script.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "control/link/client_link.h"

namespace pf::client {

struct ProbeOptions {
  control::LinkOptions link;
  std::chrono::milliseconds duration{10'000};  // without a script
  std::string script;                          // a file, "-" for standard input, empty for none
  std::filesystem::path out;                   // folder for probe.json and session.mkv; empty writes neither
  bool json = false;
};

/// Runs until the script says goodbye, the time is up, the host ends the session or a signal comes (SIGINT, SIGTERM).
/// Errors: what kept it from streaming, a line of the script that makes no sense, a recording that could not be
/// written.
Result<void> run_probe(const ProbeOptions& options);

}  // namespace pf::client
