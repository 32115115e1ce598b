// Which outputs this user's hosts have made, on disk, so that a host that was killed leaves none behind.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace pf::host {

/// One file a process in the runtime folder: the compositor's socket on the first line, then a name a line.
class OutputLedger {
 public:
  OutputLedger(std::filesystem::path folder, std::string compositor);

  Result<void> add(const std::string& output);
  void remove(const std::string& output);
  [[nodiscard]] const std::vector<std::string>& own() const { return own_; }

  /// Outputs on this compositor of hosts that no longer run; they become this process's own.
  std::vector<std::string> adopt_orphans();

 private:
  [[nodiscard]] std::filesystem::path file_of(pid_t pid) const;
  Result<void> write() const;

  std::filesystem::path folder_;
  std::string compositor_;
  std::vector<std::string> own_;
};

}  // namespace pf::host
