#include "client/probe/line_source.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "client/signals/interruption.h"

namespace pf::client {
namespace {

constexpr std::size_t longest_line = 65'536;
constexpr int step_ms = 50;

class FdLines final : public LineSource {
 public:
  FdLines(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  ~FdLines() override {
    if (fd_ != STDIN_FILENO) close(fd_);
  }
  FdLines(const FdLines&) = delete;
  FdLines& operator=(const FdLines&) = delete;

  std::optional<std::string> next(const std::function<bool()>& stop) override {
    while (!stop() && !interrupted()) {
      const auto end = pending_.find('\n');
      if (end != std::string::npos) return take(end, 1);
      if (at_end_) return pending_.empty() ? std::nullopt : std::optional(take(pending_.size(), 0));
      if (pending_.size() > longest_line) return std::nullopt;
      read_some();
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string where() const override { return name_ + ":" + std::to_string(line_); }

 private:
  std::string take(std::size_t size, std::size_t separator) {
    auto line = pending_.substr(0, size);
    pending_.erase(0, size + separator);
    ++line_;
    return line;
  }
  void read_some() {
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, step_ms) <= 0) return;
    std::array<char, 4096> buffer{};
    const auto n = read(fd_, buffer.data(), buffer.size());
    if (n <= 0) {
      at_end_ = true;
    } else {
      pending_.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }

  int fd_;
  std::string name_;
  std::string pending_;
  std::size_t line_ = 0;
  bool at_end_ = false;
};

}  // namespace

Result<std::unique_ptr<LineSource>> LineSource::open(const std::string& file) {
  if (file == "-") return std::make_unique<FdLines>(STDIN_FILENO, "standard input");
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(ErrorCode::not_found, "cannot read the script " + file);
  return std::make_unique<FdLines>(fd, file);
}

}  // namespace pf::client
