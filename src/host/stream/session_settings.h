// What every session of a host has in common, and what one client's attachment to a session brings along.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/crypto/packet_protection.h"
#include "core/session/fec_policy.h"
#include "core/session/packet_sink.h"
#include "core/wire/control_messages.h"
#include "core/wire/media_header.h"
#include "host/stream/usage_meter.h"

namespace pf::host {

/// From the host's configuration; the same for all sessions.
struct SessionSettings {
  std::size_t max_datagram = wire::default_datagram_size;
  session::FecPolicy::Limits fec;
  Bitrate max_bitrate = 100_mbps;
  unsigned encoder_threads = 0;  // 0: the encoder's choice
  bool audio = true;
  milliseconds grace{2000};              // how long a display outlives a lost connection
  milliseconds mode_change_limit{3000};  // for the first picture of a new mode
  UsageProbe usage;                      // may be empty
};

/// Whose session it is.
struct SessionOwner {
  std::uint64_t session = 0;
  std::string client;
  std::string fingerprint;  // hex
  wire::ResumeToken token{};
};

/// One connection's media: what its keys come from and where packets go.
struct MediaLink {
  std::uint64_t connection = 0;
  crypto::MediaSecret secret{};
  MediaCipher cipher = MediaCipher::aes_128_gcm;
  std::shared_ptr<session::PacketSink> sink;
};

/// A client that wants a session's stream.
struct Attachment {
  MediaLink link;
  wire::Start start;
};

}  // namespace pf::host
