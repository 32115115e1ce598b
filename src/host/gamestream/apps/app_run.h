// One app, from what has to be done before it starts to what has to be undone after it has ended.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "host/gamestream/apps/app.h"
#include "host/seams/process_launcher.h"

namespace pf::host::gamestream {

/// On a thread of its own, which works the commands off one by one. The calls are from any other thread.
class AppRun {
 public:
  struct Options {
    App app;
    Environment environment;  // of the session; the app's own goes over it
    /// The app has ended by itself and the session is to end with it, or it could not be started. On the run's thread:
    /// must not wait for the run.
    std::function<void()> finished;
    std::function<void(const std::string&)> log;        // sentences
    Duration command_limit = std::chrono::seconds{30};  // for each command before and after
    Duration patience = std::chrono::seconds{5};        // from asking the app to end until it is ended
  };
  /// Begins when those `before` it, the same client's, are over.
  AppRun(Options options, ProcessLauncher& launcher, std::vector<std::unique_ptr<AppRun>> before);
  /// As stop(), and waits until everything is undone.
  ~AppRun() = default;
  AppRun(const AppRun&) = delete;
  AppRun& operator=(const AppRun&) = delete;

  /// Ends the app; returns at once.
  void stop() { thread_.request_stop(); }
  [[nodiscard]] bool over() const { return over_; }

 private:
  void run(const std::stop_token& stop);
  std::size_t prepare(const std::stop_token& stop);
  void play(const std::stop_token& stop);
  void undo(std::size_t steps);
  bool carry_out(const std::vector<std::string>& command, const std::stop_token& stop);
  [[nodiscard]] ProcessOrder order_of(const std::vector<std::string>& command) const;
  void log(const std::string& sentence) const;

  const Options options_;
  ProcessLauncher& launcher_;
  std::vector<std::unique_ptr<AppRun>> before_;  // the thread's own
  std::atomic<bool> over_ = false;
  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host::gamestream
