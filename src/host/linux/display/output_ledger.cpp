#include "host/linux/display/output_ledger.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX's
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>

namespace pf::host {
namespace {

constexpr std::string_view prefix = "outputs.";
constexpr std::size_t most_lines = 256;
constexpr pid_t never_a_process = std::numeric_limits<pid_t>::max();  // above the kernel's limit of 2^22

std::optional<pid_t> owner_of(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  if (!name.starts_with(prefix)) return std::nullopt;
  pid_t pid = 0;
  const char* end = name.data() + name.size();
  const auto [at, ec] = std::from_chars(name.data() + prefix.size(), end, pid);
  if (ec != std::errc{} || at != end || pid <= 0) return std::nullopt;
  return pid;
}

bool runs(pid_t pid) {
  return kill(pid, 0) == 0 || errno == EPERM;
}

}  // namespace

OutputLedger::OutputLedger(std::filesystem::path folder, std::string compositor)
    : folder_(std::move(folder)), compositor_(std::move(compositor)) {
  // An earlier process of the same number, as in a container where every host is process 1.
  std::error_code none;
  std::filesystem::rename(file_of(getpid()), file_of(never_a_process), none);
}

std::filesystem::path OutputLedger::file_of(pid_t pid) const {
  return folder_ / (std::string(prefix) + std::to_string(pid));
}

Result<void> OutputLedger::write() const {
  std::error_code ec;
  std::filesystem::create_directories(folder_, ec);
  const auto file = file_of(getpid());
  if (own_.empty()) {
    std::filesystem::remove(file, ec);
    return {};
  }
  const auto fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << compositor_ << '\n';
    for (const auto& name : own_) out << name << '\n';
    if (!out.flush()) return fail(ErrorCode::io, "cannot write " + fresh);
  }
  std::filesystem::rename(fresh, file, ec);
  if (ec) return fail(ErrorCode::io, "cannot write " + file.string() + ": " + ec.message());
  return {};
}

Result<void> OutputLedger::add(const std::string& output) {
  if (std::ranges::find(own_, output) != own_.end()) return {};
  own_.push_back(output);
  return write();
}

void OutputLedger::remove(const std::string& output) {
  std::erase(own_, output);
  // A name too many in the file is harmless: nobody adopts an output that is not there.
  (void)write();
}

std::vector<std::string> OutputLedger::adopt_orphans() {
  std::vector<std::string> adopted;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ec)) {
    const auto pid = owner_of(entry.path());
    if (!pid || runs(*pid)) continue;
    std::ifstream in(entry.path());
    std::string line;
    if (!std::getline(in, line) || line != compositor_) continue;
    for (std::size_t n = 0; n < most_lines && std::getline(in, line); ++n) adopted.push_back(line);
    std::filesystem::remove(entry.path(), ec);
  }
  for (const auto& name : adopted) {
    if (std::ranges::find(own_, name) == own_.end()) own_.push_back(name);
  }
  (void)write();
  return adopted;
}

}  // namespace pf::host
