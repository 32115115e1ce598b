#include "host/cli/machine.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <netpacket/packet.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

namespace pf::host {
namespace {

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr || inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

}  // namespace

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

std::string hardware_address(const std::string& ip) {
  if (ip.empty()) return {};
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(raw, &freeifaddrs);
  std::string interface;
  // A link-local address comes with its interface's name behind a percent sign.
  const auto plain = ip.substr(0, ip.find('%'));
  for (const auto* at = list.get(); at != nullptr; at = at->ifa_next)
    if (at->ifa_addr != nullptr && text_of(*at->ifa_addr) == plain) interface = at->ifa_name;
  for (const auto* at = list.get(); at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_PACKET || interface != at->ifa_name) continue;
    const auto& link = reinterpret_cast<const sockaddr_ll&>(*at->ifa_addr);
    if (link.sll_hatype != ARPHRD_ETHER || link.sll_halen != 6) continue;
    const auto* b = link.sll_addr;
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", b[0], b[1], b[2], b[3], b[4], b[5]);
  }
  return {};
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
