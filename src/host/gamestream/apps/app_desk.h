// The apps of all sessions: started when a session first streams, ended with it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "host/gamestream/apps/app_run.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

/// Any thread; no call waits for an app but the destructor, which ends them all.
class AppDesk {
 public:
  struct Services {
    std::function<std::shared_ptr<const AppList>()> apps;
    /// This session's app has ended, and the session has to. On a thread of the app's.
    std::function<void(const std::string& client)> finished;
    std::function<void(const std::string&)> log;
  };
  AppDesk(ProcessLauncher& launcher, Services services) : launcher_(launcher), services_(std::move(services)) {}
  ~AppDesk();
  AppDesk(const AppDesk&) = delete;
  AppDesk& operator=(const AppDesk&) = delete;

  /// Nothing for an app without commands.
  void begin(const Launch& launch, const Stage& stage);
  void end(std::uint64_t session);

 private:
  struct Entry {
    std::string client;
    std::unique_ptr<AppRun> run;
  };
  std::vector<std::unique_ptr<AppRun>> take_earlier(const std::string& client);

  ProcessLauncher& launcher_;
  const Services services_;
  std::mutex mutex_;
  std::map<std::uint64_t, Entry> runs_;  // by session; those that end stay until they are over
};

}  // namespace pf::host::gamestream
