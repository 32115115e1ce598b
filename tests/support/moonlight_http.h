// HTTP and HTTPS as Moonlight uses them: a connection for each request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/moonlight_pairing.h"

namespace pf::test {

struct HttpAnswer {
  unsigned status = 0;  // 0: no answer came; `body` says why
  std::string body;
  /// The attribute of root, or the text of the first element of this name. Empty: there is none.
  [[nodiscard]] std::string attribute(const std::string& name) const;
  [[nodiscard]] std::string element(const std::string& name) const;
};

/// `host`: an IP address of the loopback interface, of either family. Blocks.
HttpAnswer http_get(std::uint16_t port, const std::string& target, const std::string& host = "127.0.0.1");
/// With `identity`'s certificate and key, or without any.
HttpAnswer https_get(std::uint16_t port, const std::string& target, const std::optional<MoonlightIdentity>& identity,
                     const std::string& host = "127.0.0.1");
/// Whatever bytes, as they are, and what comes back until the host closes.
std::string raw_exchange(std::uint16_t port, const std::string& bytes);

}  // namespace pf::test
