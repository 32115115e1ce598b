// What the host asks of the operating system about itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pf::host {

/// The machine's host name, "punktfunk" when it has none.
std::string machine_name();

/// An environment variable that is set and not empty. Read at start-up only, before threads exist.
std::optional<std::string> environment(const char* name);

/// The hardware address of the interface that has this IP address, written without a port: "00:11:22:33:44:55". Empty:
/// there is none, as of the loopback interface.
std::string hardware_address(const std::string& ip);

struct ProcessUsage {
  std::uint64_t cpu_us = 0;   // user and system time since the process began
  std::uint32_t rss_kib = 0;  // resident memory
};

/// Zeroes where the operating system does not say.
ProcessUsage process_usage();

}  // namespace pf::host
