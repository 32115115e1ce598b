// Programs that the host starts for a session, and ends with it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"

namespace pf::host {

using Environment = std::vector<std::pair<std::string, std::string>>;

struct ProcessOrder {
  std::vector<std::string> command;  // program and arguments as they are: no shell reads them
  std::filesystem::path folder;      // to start in; empty: the host's own
  Environment environment;           // on top of the host's own
};

/// One that was started, and whatever it starts itself. One thread.
class Process {
 public:
  /// As end() without patience.
  virtual ~Process() = default;
  /// Its exit status, or 128 and the signal that ended it. nullopt: `limit` is over or `stop`, and it runs on.
  virtual std::optional<int> wait(Duration limit, const std::stop_token& stop) = 0;
  /// Asks it to end and waits; what is left after `patience` is ended for good.
  virtual void end(Duration patience) = 0;
};

/// Any thread.
class ProcessLauncher {
 public:
  virtual ~ProcessLauncher() = default;
  /// Errors: not_found (there is no such program or folder), permission, io.
  virtual Result<std::unique_ptr<Process>> start(const ProcessOrder& order) = 0;
  /// The same for one that nobody waits for or ends.
  virtual Result<void> start_detached(const ProcessOrder& order) = 0;
};

}  // namespace pf::host
