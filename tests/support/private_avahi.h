// A real Avahi daemon on a bus of its own for the tests of one suite.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace pf::test {

/// libdbus reads the bus's address once a process: all daemons of one process have theirs at the same, so there is one
/// at a time.
class PrivateAvahi {
 public:
  PrivateAvahi() { setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (folder_.path() / "bus").string()).c_str(), 1); }

  static bool installed() { return program_exists("avahi-daemon") || program_exists("/usr/sbin/avahi-daemon"); }
  /// False: not on this machine; log() says why.
  bool start() {
    std::filesystem::remove(file());
    process_.emplace(std::vector<std::string>{PUNKTFUNK_SOURCE_DIR "/tools/private-avahi", folder_.path()}, file());
    return eventually([&] { return log().find("\nready\n") != std::string::npos || !process_->running(); }) &&
           process_->running();
  }
  void stop() { process_.reset(); }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }
  [[nodiscard]] std::string log() const {
    std::ifstream in(file());
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "avahi.log"; }

  TemporaryFolder folder_;
  std::optional<ChildProcess> process_;
};

}  // namespace pf::test
