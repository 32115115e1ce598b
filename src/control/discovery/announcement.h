// What a host says of itself on the local network: DNS-SD (RFC 6763), service type _punktfunk._udp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pf::control {

inline constexpr const char* service_type = "_punktfunk._udp";

struct Announcement {
  std::string name;  // the host's, as people know it
  std::uint16_t port = 0;
  std::string version;             // the program's
  std::uint16_t min_protocol = 0;  // of the native protocol; 0: not told
  std::uint16_t max_protocol = 0;
  std::string fingerprint;  // the certificate's first fingerprint_digits hex digits, to recognise a paired host by: a
                            // hint, never a proof
  bool operator==(const Announcement&) const = default;
};

/// What any service says of itself: DNS-SD's type, instance, port and TXT strings.
struct ServiceRecord {
  std::string type;  // "_punktfunk._udp"
  std::string name;
  std::uint16_t port = 0;
  std::vector<std::string> txt;
};

inline constexpr std::size_t fingerprint_digits = 16;
inline constexpr std::size_t max_name_bytes = 63;  // RFC 6763, section 4.1.1

/// The TXT record's strings (RFC 6763, section 6): ver, proto ("1" or "1-3"), fp.
std::vector<std::string> to_txt(const Announcement& announcement);

ServiceRecord to_record(const Announcement& announcement);

/// Fills in what the strings tell. Anybody on the network may have written them: unknown keys, values out of range and
/// characters that are no text are left out.
void read_txt(std::span<const std::string> strings, Announcement& announcement);

/// At most max_name_bytes of `name`, cut between two characters; "punktfunk" when it is empty or no UTF-8.
std::string service_name(std::string_view name);

}  // namespace pf::control
