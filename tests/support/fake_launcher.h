// Programs that exist only in the test: each is a line in a list, and ends when the test says so.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/seams/process_launcher.h"

namespace pf::test {

/// Any thread.
class FakeLauncher final : public host::ProcessLauncher {
 public:
  Result<std::unique_ptr<host::Process>> start(const host::ProcessOrder& order) override {
    const std::scoped_lock lock(mutex_);
    const auto& name = order.command.front();
    if (name == "missing") return fail(ErrorCode::not_found, "cannot start missing");
    note("start " + name);
    environment_[name] = {order.environment.begin(), order.environment.end()};
    return std::make_unique<FakeProcess>(*this, name);
  }
  Result<void> start_detached(const host::ProcessOrder& order) override {
    const std::scoped_lock lock(mutex_);
    note("detach " + order.command.front());
    return {};
  }

  /// The program of this name ends by itself, now or as soon as it runs.
  void exit(const std::string& name, int status = 0) {
    const std::scoped_lock lock(mutex_);
    exits_[name] = status;
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<std::string> told() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }
  [[nodiscard]] std::map<std::string, std::string> environment_of(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto found = environment_.find(name);
    return found == environment_.end() ? std::map<std::string, std::string>() : found->second;
  }
  /// False: not within 20 s.
  bool wait_until(const std::vector<std::string>& lines) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return lines_ == lines; });
  }

 private:
  class FakeProcess final : public host::Process {
   public:
    FakeProcess(FakeLauncher& launcher, std::string name) : launcher_(launcher), name_(std::move(name)) {}
    ~FakeProcess() override { FakeProcess::end(Duration::zero()); }
    FakeProcess(const FakeProcess&) = delete;
    FakeProcess& operator=(const FakeProcess&) = delete;
    std::optional<int> wait(Duration limit, const std::stop_token& stop) override {
      std::unique_lock lock(launcher_.mutex_);
      const auto ended = [&] { return launcher_.exits_.contains(name_); };
      if (!launcher_.changed_.wait_for(lock, stop, limit, ended)) return std::nullopt;
      return launcher_.exits_.at(name_);
    }
    void end(Duration /*patience*/) override {
      const std::scoped_lock lock(launcher_.mutex_);
      if (!std::exchange(ended_, true)) launcher_.note("end " + name_);
    }

   private:
    FakeLauncher& launcher_;
    const std::string name_;
    bool ended_ = false;
  };
  void note(const std::string& line) {
    lines_.push_back(line);
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<std::string> lines_;
  std::map<std::string, int> exits_;
  std::map<std::string, std::map<std::string, std::string>> environment_;
};

}  // namespace pf::test
