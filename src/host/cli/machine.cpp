#include "host/cli/machine.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

namespace pf::host {

std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "punktfunk";
  return name.data();
}

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): start-up only, see the header
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

ProcessUsage process_usage() {
  ProcessUsage usage;
  rusage raw{};
  if (getrusage(RUSAGE_SELF, &raw) == 0) {
    const auto micros = [](const timeval& t) {
      return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(t.tv_usec);
    };
    usage.cpu_us = micros(raw.ru_utime) + micros(raw.ru_stime);
  }
  // Second field of proc(5) statm: resident pages.
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (statm >> total >> resident)
    usage.rss_kib = static_cast<std::uint32_t>(resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 1024);
  return usage;
}

}  // namespace pf::host
