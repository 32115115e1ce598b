// One session's RTSP: what each request is answered, and what the requests together ask for. No I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "host/gamestream/rtsp/describe.h"
#include "host/gamestream/rtsp/rtsp_message.h"
#include "host/gamestream/rtsp/stream_request.h"

namespace pf::host::gamestream {

/// The UDP ports of a host.
struct StreamPorts {
  std::uint16_t video = 47998;
  std::uint16_t control = 47999;
  std::uint16_t audio = 48000;
};

/// What a client repeats on the UDP ports, so that a stranger's packets are not taken for its own.
struct SessionTokens {
  std::string ping;                // exactly 16 characters
  std::uint32_t connect_data = 0;  // never 0
};

/// OPTIONS, DESCRIBE, SETUP of the streams, ANNOUNCE, PLAY, TEARDOWN. One thread at a time.
class RtspDialogue {
 public:
  RtspDialogue(StreamOffer offer, StreamPorts ports, SessionTokens tokens)
      : offer_(std::move(offer)), ports_(ports), tokens_(std::move(tokens)) {}

  RtspResponse answer(const RtspRequest& request);

  /// Set by PLAY after ANNOUNCE: the stream is to begin. Handed out once.
  std::optional<StreamRequest> take_play();
  /// Set by TEARDOWN. Handed out once.
  bool take_teardown();

 private:
  RtspResponse set_up(const RtspRequest& request) const;
  RtspResponse announce(const RtspRequest& request);
  RtspResponse play();

  StreamOffer offer_;
  StreamPorts ports_;
  SessionTokens tokens_;
  std::optional<StreamRequest> announced_;
  bool play_ = false;
  bool teardown_ = false;
};

}  // namespace pf::host::gamestream
