// What one launch has made: the keys and tokens of a client's attachment to its session, and how far its RTSP has got.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/clock.h"
#include "host/gamestream/control/control_cipher.h"
#include "host/gamestream/enet/enet_host.h"
#include "host/gamestream/launch.h"
#include "host/gamestream/rtsp/rtsp_dialogue.h"
#include "host/gamestream/stream/route.h"

namespace pf::host::gamestream {

/// Guarded by the server's lock, but for `launch`, which never changes, and the routes, which have locks of their own.
struct Attachment {
  Attachment(Launch made, StreamOffer offer, const StreamPorts& ports, SessionTokens given, TimePoint now)
      : launch(std::move(made)), tokens(given), dialogue(std::move(offer), ports, std::move(given)), touched(now) {}

  const Launch launch;
  const SessionTokens tokens;
  RtspDialogue dialogue;
  std::uint32_t rtsp_received = 0;  // the last sequence of a sealed request
  std::uint32_t rtsp_sent = 0;
  TimePoint touched;  // when its client last did something
  std::shared_ptr<Route> video;
  std::shared_ptr<Route> sound;
  std::optional<StreamRequest> request;  // from PLAY on
  std::optional<ControlCipher> control;  // likewise
  std::optional<EnetPeerId> peer;        // while its control stream is connected
};

/// Whatever their ports.
[[nodiscard]] inline bool same_host(net::Address a, net::Address b) {
  a.port = b.port = 0;
  return a == b;
}

}  // namespace pf::host::gamestream
