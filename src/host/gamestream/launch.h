// What /launch and /resume agree with a client, and how the half that speaks HTTP hands it to the half that streams.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/base/units.h"
#include "core/net/address.h"
#include "host/seams/process_launcher.h"

namespace pf::host::gamestream {

/// rikey: the session's one AES-128 key, for control, audio, video and RTSP alike.
using StreamKey = std::array<std::byte, 16>;

/// Made once per request, never changed.
struct Launch {
  std::uint64_t session = 0;  // given by the board; stays when the client resumes
  std::string client;         // the paired certificate's fingerprint, hex: whose session it is
  std::string name;           // what the client is called in logs and on its display
  net::Address remote;        // where the request came from; the port means nothing
  StreamKey key{};
  std::int32_t key_id = 0;  // rikeyid, signed as it is sent
  Mode mode;                // `mode=WxHxFPS`
  std::uint32_t app = 0;
  std::string app_name;
  std::uint8_t channels = 2;    // surroundAudioInfo, its lower half
  bool hdr = false;             // hdrMode
  bool encrypted_rtsp = false;  // corever of 1 or more: the client can speak rtspenc
};

/// What the answer's sessionUrl0 is made of; the host part is the address that the client asked under.
struct SessionUrl {
  std::string scheme;  // "rtsp" or "rtspenc"
  std::uint16_t port = 0;
};

enum class SessionState : std::uint8_t {
  offered,    // launched; the client has not started its stream
  streaming,  // a client is there
  waiting,    // the client is out of reach or left without quitting; display and app stay for it
};

struct SessionView {
  std::uint32_t app = 0;
  SessionState state = SessionState::offered;
};

/// Why a session ends, which chooses the code that the client shows a text for.
enum class EndReason : std::uint8_t {
  quit,        // the client asked for it (/cancel), or its app has ended: no error
  host_stops,  // the host's doing: no error either
  untrusted,   // the client was unpaired
};

/// The sessions of all clients, a client having one at most. Any thread; no call waits for a display or a socket.
class LaunchBoard {
 public:
  virtual ~LaunchBoard() = default;
  /// A new session, or new keys for the client's present one, whose display and app stay; an older stream of that
  /// client ends. An offer that no RTSP follows within its time limit is forgotten.
  /// Errors: invalid_argument (the mode, the channels), exhausted (as many sessions as are allowed).
  virtual Result<SessionUrl> offer(const Launch& launch) = 0;
  [[nodiscard]] virtual std::optional<SessionView> current(const std::string& client) const = 0;
  /// Nothing where there is none.
  virtual void end(const std::string& client, EndReason why) = 0;
};

/// Where a session's app is to be seen.
struct Stage {
  std::string display;      // the compositor's name of it
  Environment environment;  // what programs need to find it
};

/// What the half that streams tells of a session. On its threads: must not block or call back.
struct SessionNews {
  /// The client streams on this stage; `first` where the session has just begun, so that its app is
  /// to be started there.
  std::function<void(const Launch& launch, const Stage& stage, bool first)> streaming;
  std::function<void(const Launch& launch)> waiting;
  /// The display is gone, and the app has to go as well. Once for each session that was offered.
  std::function<void(const Launch& launch)> ended;
};

}  // namespace pf::host::gamestream
