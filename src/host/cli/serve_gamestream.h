// GameStream as a part of `serve`, which goes on without it where it can't be had.
#pragma once

#include <memory>
#include <string>

#include "control/discovery/publisher.h"
#include "host/cli/apps_file.h"
#include "host/cli/config.h"
#include "host/gamestream/service/service.h"
#include "host/manage/host_requests.h"

namespace pf::host {

class GameStreamPart {
 public:
  struct Surroundings {
    const HostConfig& config;
    const HostPaths& paths;
    net::Address bind;
    SessionSettings session;
    control::TrustStore& trust;
    Platform& platform;
    ProcessLauncher& launcher;
    const Clock& clock;
  };
  /// Logs how it went: where it listens, and why one would keep it on a trusted network; or why it can't be had.
  explicit GameStreamPart(const Surroundings& around);

  /// For the local socket; this outlives it.
  [[nodiscard]] GameStreamDesk desk();
  /// Ends every session.
  void stop();

 private:
  void start(const Surroundings& around);

  std::string state_ = "is off; 'punktfunk-host serve --gamestream' switches it on";
  std::unique_ptr<AppsFile> apps_;
  std::unique_ptr<gamestream::Service> service_;
  std::unique_ptr<control::Publisher> publisher_;
};

}  // namespace pf::host
