#include "support/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>

namespace pf::test {

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::filesystem::path& log) {
  if (!program_exists(command.front())) throw std::runtime_error("there is no program " + command.front());
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string log_name = log.string();
  int input[2] = {-1, -1};
  if (pipe2(input, O_CLOEXEC) != 0) throw std::runtime_error("no pipe for " + command.front());
  pid_ = fork();
  if (pid_ != 0) {
    close(input[0]);
    input_ = input[1];
    return;
  }
  // Between fork and exec: nothing but system calls.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log_name.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(input[0], STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

ChildProcess::~ChildProcess() {
  end();
  if (input_ >= 0) close(input_);
}

bool ChildProcess::running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return false;
}

int ChildProcess::wait(std::chrono::milliseconds limit) {
  return eventually([this] { return !running(); }, limit) ? status_ : -1;
}

void ChildProcess::end(std::chrono::milliseconds patience) {
  if (!running()) return;
  const pid_t group = pid_;
  kill(pid_, SIGTERM);
  if (!eventually([this] { return !running(); }, patience)) {
    kill(-group, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

bool program_exists(const std::string& name) {
  if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  return false;
}

}  // namespace pf::test
