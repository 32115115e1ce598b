// Where GameStream's ports stand, counted from the one that clients are told.
#pragma once

#include <cstdint>

namespace pf::host::gamestream {

/// 0: any that is free.
struct ServerPorts {
  std::uint16_t https = 47984;
  std::uint16_t rtsp = 48010;
  std::uint16_t video = 47998;
  std::uint16_t control = 47999;
  std::uint16_t sound = 48000;

  /// From the HTTP port, 47989 by default, that a host announces. 0 gives zeros.
  static constexpr ServerPorts from_http(std::uint16_t http) {
    if (http == 0) return {.https = 0, .rtsp = 0, .video = 0, .control = 0, .sound = 0};
    const auto beside = [http](int by) { return static_cast<std::uint16_t>(http + by); };
    return {.https = beside(-5), .rtsp = beside(21), .video = beside(9), .control = beside(10), .sound = beside(11)};
  }
};

/// The HTTP ports beside which all others have room above the privileged ones.
inline constexpr std::uint16_t least_http_port = 1029;
inline constexpr std::uint16_t most_http_port = 65'514;

}  // namespace pf::host::gamestream
