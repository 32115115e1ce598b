#include "host/linux/process/linux_launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/base/thread.h"
#include "host/linux/process/process_group.h"

namespace pf::host {
namespace {

constexpr milliseconds look_again{20};

class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&files_);
    // The host holds signals back for its main thread, and a child would inherit that.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
  }
  ~SpawnAttributes() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  void start_in(const std::filesystem::path& folder) { posix_spawn_file_actions_addchdir_np(&files_, folder.c_str()); }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }
  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

/// "NAME=value" of the host's own, and over it `more`.
std::vector<std::string> environment_with(const Environment& more) {
  std::vector<std::string> all;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view line = *at;
    const auto name = line.substr(0, line.find('='));
    if (std::ranges::find(more, name, [](const auto& item) { return std::string_view(item.first); }) == more.end())
      all.emplace_back(line);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

Result<pid_t> spawn(const ProcessOrder& order) {
  if (order.command.empty()) return fail(ErrorCode::invalid_argument, "a command without a program");
  auto command = order.command;
  auto environment = environment_with(order.environment);
  SpawnAttributes attributes;
  if (!order.folder.empty()) {
    std::error_code ec;
    if (!std::filesystem::is_directory(order.folder, ec))
      return fail(ErrorCode::not_found, "there is no folder " + order.folder.string());
    attributes.start_in(order.folder);
  }
  const StartAs ordinary(Urgency::ordinary);  // whoever asks for it
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, command.front().c_str(), attributes.files(), attributes.attributes(),
                                 pointers(command).data(), pointers(environment).data());
  if (error == 0) return pid;
  const auto code = error == ENOENT ? ErrorCode::not_found : error == EACCES ? ErrorCode::permission : ErrorCode::io;
  return fail(code, "cannot start " + command.front() + ": " + std::system_category().message(error));
}

/// Its leader stays unreaped until the end, so that the number of the group can't become somebody else's.
class LinuxProcess final : public Process {
 public:
  explicit LinuxProcess(pid_t pid) : pid_(pid), watch_([this] { watch(); }) {}
  ~LinuxProcess() override { end(Duration::zero()); }
  LinuxProcess(const LinuxProcess&) = delete;
  LinuxProcess& operator=(const LinuxProcess&) = delete;

  std::optional<int> wait(Duration limit, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, limit, [this] { return status_.has_value(); });
    return status_;
  }

  void end(Duration patience) override {
    if (!watch_.joinable()) return;
    const auto until = std::chrono::steady_clock::now() + patience;
    kill(-pid_, SIGTERM);
    // Nobody tells when the last of a group has gone.
    while (group_lives(pid_) && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(look_again);
    kill(-pid_, SIGKILL);
    watch_.join();
    waitpid(pid_, nullptr, 0);
  }

 private:
  void watch() {
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    const std::scoped_lock lock(mutex_);
    status_ = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    changed_.notify_all();
  }

  const pid_t pid_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<int> status_;
  std::jthread watch_;  // last, so that it sees everything else whole
};

class LinuxLauncher final : public ProcessLauncher {
 public:
  Result<std::unique_ptr<Process>> start(const ProcessOrder& order) override {
    const auto pid = spawn(order);
    if (!pid) return std::unexpected(pid.error());
    return std::make_unique<LinuxProcess>(*pid);
  }

  Result<void> start_detached(const ProcessOrder& order) override {
    const auto pid = spawn(order);
    if (!pid) return std::unexpected(pid.error());
    const std::scoped_lock lock(mutex_);
    // Those that have ended leave when the next one comes.
    std::erase_if(detached_, [](pid_t earlier) { return waitpid(earlier, nullptr, WNOHANG) != 0; });
    detached_.push_back(*pid);
    return {};
  }

 private:
  std::mutex mutex_;
  std::vector<pid_t> detached_;
};

}  // namespace

std::unique_ptr<ProcessLauncher> make_linux_launcher() {
  return std::make_unique<LinuxLauncher>();
}

}  // namespace pf::host
