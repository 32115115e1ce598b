// What happens on the host, told as it happens: for the log and the console.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace pf::host {

struct HostEvent {
  enum class Kind : std::uint8_t {
    listening,
    connected,
    disconnected,
    refused,  // a client was told no
    told,     // of pairing and apps: who wants to pair or could not, an app that has ended
    paired,
    session_started,
    session_resumed,
    reconfigured,
    degraded,  // a part of a session is missing: no audio, no input
    waiting,   // the client is out of reach
    session_ended,
    stopped,
  };
  enum class Level : std::uint8_t { info, warning };

  Kind kind = Kind::listening;
  Level level = Level::info;
  std::string client;  // whom it is about; empty: the host itself
  std::string text;    // a sentence for a person
};

/// From any thread; must not block or call back into the host.
using OnHostEvent = std::function<void(const HostEvent&)>;

}  // namespace pf::host
