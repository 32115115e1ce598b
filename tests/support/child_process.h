// A program that a test runs beside itself and that ends with the test, whatever happens.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace pf::test {

/// In a process group of its own: what it started ends with it. Its standard input stays open until end().
class ChildProcess {
 public:
  /// Its output goes to `log`. Throws std::runtime_error when there is no such program.
  ChildProcess(const std::vector<std::string>& command, const std::filesystem::path& log);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), input_(std::exchange(other.input_, -1)), status_(other.status_) {}
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// Asks it to end, and ends it for good after `patience`.
  void end(std::chrono::milliseconds patience = std::chrono::seconds{3});
  [[nodiscard]] bool running();
  /// Waits; its exit status, or -1 when it was killed or is still running after `limit`.
  int wait(std::chrono::milliseconds limit = std::chrono::seconds{10});
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int status_ = -1;
};

/// Whether `name` is a program on PATH.
bool program_exists(const std::string& name);

/// Asks every 20 ms until it is true; false when `limit` has passed.
template <class Condition>
bool eventually(Condition&& condition, std::chrono::milliseconds limit = std::chrono::seconds{10}) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

}  // namespace pf::test
