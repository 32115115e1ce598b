// What the host is doing, as plain values: for the local socket, the console and tests.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/media_cipher.h"
#include "core/base/units.h"
#include "core/session/stage_stats.h"
#include "core/wire/control_messages.h"

namespace pf::host {

struct StageStatus {
  session::Stage stage = session::Stage::capture;
  session::StageStats::Figures figures;
};

/// A session's counters at one moment; see SessionCounters.
struct CounterFigures {
  std::uint64_t frames_captured = 0;
  std::uint64_t frames_encoded = 0;
  std::uint64_t frames_dropped = 0;
  std::uint64_t keyframes = 0;
  std::uint64_t repairs = 0;
  std::uint64_t refreshes = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t send_failures = 0;
  std::uint64_t audio_packets = 0;
  std::uint64_t input_events = 0;
};

/// What the client's packets have told of the way to it, and what follows from it.
struct LinkFigures {
  Bitrate target;         // of the encoder
  Bitrate capacity;       // of the link; 0: not known
  double parity = 0;      // of the data, in a frame of ordinary size
  double loss = 0;        // of the packets, that parity is made for
  microseconds queue{0};  // that packets wait on the way
};

enum class SessionState : std::uint8_t {
  starting,
  streaming,
  waiting,  // the client is out of reach; its display is kept for the grace period
  ending,
};
constexpr const char* to_string(SessionState state) {
  switch (state) {
    case SessionState::starting: return "starting";
    case SessionState::streaming: return "streaming";
    case SessionState::waiting: return "waiting";
    case SessionState::ending: return "ending";
  }
  return "unknown";
}

struct SessionStatus {
  std::string protocol = "native";  // or "gamestream"
  std::uint64_t id = 0;             // among those of its protocol
  std::string client;               // its name
  std::string fingerprint;          // hex
  std::string app;                  // what a GameStream client has launched
  SessionState state = SessionState::starting;
  std::string display;  // the compositor's name of the output
  std::string encoder;
  std::optional<MediaCipher> cipher;  // of the video; nullopt: it is not encrypted
  Mode mode;
  VideoCodec codec = VideoCodec::h264;
  Bitrate bitrate;      // at most
  Bitrate min_bitrate;  // what a slow link may bring it down to
  LinkFigures link;     // while it streams
  AudioFormat audio;
  bool audio_on = false;
  bool input_on = false;
  std::chrono::seconds uptime{0};
  CounterFigures counters;
  std::vector<StageStatus> stages;  // those of the host
  wire::ClientStats client_stats;   // the client's last report
};

struct HostStatus {
  std::string name;
  std::string listen;  // the address in use
  std::chrono::seconds uptime{0};
  unsigned max_clients = 0;
  std::size_t connections = 0;  // of paired and unpaired clients
  std::size_t paired_clients = 0;
  bool pairing_open = false;
  std::vector<VideoCodec> codecs;
  std::vector<SessionStatus> sessions;
};

}  // namespace pf::host
