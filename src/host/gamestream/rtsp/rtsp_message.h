// RTSP/1.0 (RFC 2326) as far as GameStream goes: one request, one response, one connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace pf::host::gamestream {

/// Longer than what any client announces, shorter than what would hurt.
inline constexpr std::size_t max_rtsp_request = 32 * 1024;

using RtspHeaders = std::vector<std::pair<std::string, std::string>>;

struct RtspRequest {
  std::string method;
  std::string target;
  RtspHeaders headers;
  std::string body;

  /// By its name in any case; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// A whole request, or nullopt while `bytes` may still grow into one. Errors: malformed (no RTSP/1.0 request, more
/// than 32 headers, or more than max_rtsp_request bytes).
Result<std::optional<RtspRequest>> parse_rtsp_request(std::string_view bytes);

struct RtspResponse {
  int status = 200;
  RtspHeaders headers;
  std::string body;

  [[nodiscard]] std::string serialise() const;
};

}  // namespace pf::host::gamestream
