// A GameStream host as Moonlight sees it before and after it streams: pairing, launch, resume, quit, over HTTP.
#pragma once

#include <cstdint>
#include <string>

#include "support/gamestream_client.h"
#include "support/moonlight_http.h"
#include "support/moonlight_pairing.h"

namespace pf::test {

/// At an IP address of the loopback interface, of either family. Calls block.
class MoonlightHost {
 public:
  MoonlightHost(std::uint16_t http, std::uint16_t https, MoonlightIdentity identity, std::string host = "127.0.0.1")
      : http_(http), https_(https), identity_(std::move(identity)), host_(std::move(host)) {}

  /// All five steps; the first one ends when the user has typed the PIN in at the host. Empty: paired. Else which step
  /// failed, and what the host said.
  std::string pair(const std::string& pin);
  [[nodiscard]] HttpAnswer get(const std::string& target) const { return https_get(https_, target, identity_, host_); }
  /// The app of this title, "" for the first of the list, with new keys. `verb`: "launch" or "resume". On failure the
  /// options' `rtsp` is 0 and `answer` says why.
  GameStreamClientOptions start(const std::string& verb, const Mode& mode, const std::string& title = {});
  HttpAnswer answer;  // the last one of start()

 private:
  std::uint16_t http_;
  std::uint16_t https_;
  MoonlightIdentity identity_;
  std::string host_;
};

}  // namespace pf::test
