// The catalogue of what the two ends say on the control stream. docs/protocol.md, "Control messages".
//
// A message on the stream is: u32 length of what follows, u16 type, then fields. A field is: u8 id, u16 size, value.
// Unknown fields and unknown types are skipped, a missing field takes the default given here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/base/media_cipher.h"
#include "core/base/units.h"
#include "core/wire/record_framer.h"

namespace pf::wire {

inline constexpr std::uint16_t protocol_version = 1;
inline constexpr std::size_t max_control_message =
    65'536;                                    // bytes after the length; a longer one closes the connection
inline constexpr std::size_t max_text = 1024;  // bytes of any text field; longer ones are malformed

using ResumeToken = std::array<std::byte, 16>;

/// client -> host, first message. Versions are a range so that either side may be the newer one.
struct Hello {
  std::uint16_t min_version = protocol_version;
  std::uint16_t max_version = protocol_version;
  std::string client_name;                                     // what the user calls this device
  std::string software;                                        // "punktfunk 0.1.0"
  std::vector<VideoCodec> codecs;                              // that it can decode, best first
  std::vector<MediaCipher> ciphers{MediaCipher::aes_128_gcm};  // that it can open, best first
  bool operator==(const Hello&) const = default;
};

/// host -> client, answers Hello of a paired client.
struct Welcome {
  std::uint16_t version = protocol_version;
  std::string host_name;
  std::string software;
  std::vector<VideoCodec> codecs;                 // that it can encode
  MediaCipher cipher = MediaCipher::aes_128_gcm;  // of all media of this connection
  bool operator==(const Welcome&) const = default;
};

enum class RefusalCode : std::uint16_t {
  version = 1,  // no common protocol version; text names both ranges
  not_paired = 2,
  bad_mode = 3,
  no_display = 4,
  no_encoder = 5,
  no_capture = 6,
  too_many_clients = 7,
  pairing_closed = 8,  // nobody opened a pairing window on the host
  wrong_pin = 9,
  locked_out = 10,  // too many attempts; text says for how long
  bad_message = 11,
  internal = 12,
};

/// host -> client: the request cannot be met. `text` is a sentence for the user.
struct Refusal {
  RefusalCode code = RefusalCode::internal;
  std::string text;
  bool operator==(const Refusal&) const = default;
};

/// client -> host: make a display of this mode and stream it.
struct Start {
  Mode mode;
  VideoCodec codec = VideoCodec::h264;
  Bitrate bitrate{20'000'000};
  AudioFormat audio;
  bool audio_wanted = true;
  std::uint16_t max_datagram = 0;     // largest media packet the client takes; 0: the host's choice
  std::optional<ResumeToken> resume;  // from an earlier Started: get the same display back
  Bitrate min_bitrate{1'000'000};     // a slow link brings the video down to this, and no further
  bool hides = false;                 // shows no unit whose prefix says that more are to come until one is shown
  bool operator==(const Start&) const = default;
};

/// host -> client, answers Start.
struct Started {
  Mode mode;
  VideoCodec codec = VideoCodec::h264;
  Bitrate bitrate;
  AudioFormat audio;
  bool audio_on = false;
  bool resumed = false;  // the display of the earlier session, as it was
  ResumeToken token{};
  std::uint32_t grace_ms = 0;  // how long the display outlives a lost connection
  std::string display;         // the backend's name of the output, for logs
  bool operator==(const Started&) const = default;
};

/// client -> host: change the mode (and bitrate) in mid-stream.
struct Reconfigure {
  std::uint32_t request = 0;
  Mode mode;
  std::optional<Bitrate> bitrate;
  bool operator==(const Reconfigure&) const = default;
};

/// host -> client, answers Reconfigure; after a refused one the stream goes on as it was.
struct Reconfigured {
  std::uint32_t request = 0;
  bool accepted = false;
  Mode mode;         // in force now
  std::string text;  // why not, for the user
  bool operator==(const Reconfigured&) const = default;
};

/// client -> host: nothing decodes until the next keyframe.
struct RequestKeyframe {
  FrameId last_good;
  bool operator==(const RequestKeyframe&) const = default;
};

/// client -> host: this frame was lost for good; do not refer to it or to what refers to it.
struct InvalidateFrames {
  FrameId first;
  FrameId last;
  bool operator==(const InvalidateFrames&) const = default;
};

struct SetBitrate {
  Bitrate bitrate;
  bool operator==(const SetBitrate&) const = default;
};

/// client -> host, once a second: what arrived since the last report.
struct ClientStats {
  std::uint32_t interval_ms = 0;
  std::uint32_t packets_received = 0;
  std::uint32_t packets_lost = 0;  // by packet number
  std::uint32_t frames_complete = 0;
  std::uint32_t frames_recovered = 0;  // complete, thanks to parity
  std::uint32_t frames_lost = 0;
  std::uint32_t decode_p50_us = 0;
  std::uint32_t latency_p50_us = 0;  // capture to decoded, on the synchronised clock
  std::uint32_t latency_p99_us = 0;
  bool operator==(const ClientStats&) const = default;
};

struct StageFigures {
  std::string name;
  std::uint32_t p50_us = 0;
  std::uint32_t p99_us = 0;
  std::uint32_t max_us = 0;
  std::uint64_t count = 0;
  bool operator==(const StageFigures&) const = default;
};

/// host -> client, once a second: the host's side of the same stream, since its start.
struct HostStats {
  std::vector<StageFigures> stages;  // capture, convert, encode, packetise, ...
  std::uint64_t frames_captured = 0;
  std::uint64_t frames_encoded = 0;
  std::uint64_t frames_dropped = 0;  // superseded by a newer one before encoding
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint32_t cpu_permille = 0;  // of one core, over the last second, whole process
  std::uint32_t rss_kib = 0;
  Bitrate target{};                   // of the encoder, as the link allows
  Bitrate capacity{};                 // of the link, as its packets show it; 0: not known
  std::uint32_t parity_permille = 0;  // of the data, for a frame of ordinary size
  std::uint32_t loss_permille = 0;    // that parity is made for
  std::uint32_t queue_us = 0;         // that packets spend waiting on the way
  bool operator==(const HostStats&) const = default;
};

/// client -> host: send a train of padding on the stream `speed`, for a look at the path.
struct SpeedTestRequest {
  std::uint32_t train = 0;  // its number, the frame id of its packets
  Bitrate rate;             // with IP and UDP headers
  std::uint32_t length_ms = 0;
  bool operator==(const SpeedTestRequest&) const = default;
};

/// host -> client, answers SpeedTestRequest when the train has left, or at once with a sentence why there is none.
struct SpeedTestResult {
  std::uint32_t train = 0;
  std::uint32_t packets = 0;
  std::uint32_t packet_size = 0;  // bytes, with IP and UDP headers
  std::uint32_t elapsed_us = 0;   // that sending took
  std::string text;               // empty: it was sent
  bool operator==(const SpeedTestResult&) const = default;
};

enum class GoodbyeReason : std::uint16_t {
  user = 1,          // somebody asked for the end
  shutdown = 2,      // the program is ending
  display_lost = 3,  // the compositor or the output went away
  capture_failed = 4,
  encode_failed = 5,
  removed = 6,   // this client's pairing was taken back
  replaced = 7,  // the same client started a session elsewhere
  protocol_error = 8,
  internal = 9,
};

/// Either side, last message of a session.
struct Goodbye {
  GoodbyeReason reason = GoodbyeReason::user;
  std::string text;
  bool operator==(const Goodbye&) const = default;
};

/// host -> client: a gamepad's motors, until the next such message; 0 is still, 65,535 as strong as it gets.
struct GamepadRumble {
  std::uint8_t pad = 0;
  std::uint16_t low = 0;   // the heavy motor
  std::uint16_t high = 0;  // the light one
  std::uint16_t left_trigger = 0;
  std::uint16_t right_trigger = 0;
  bool operator==(const GamepadRumble&) const = default;
};

/// host -> client: the colour of a gamepad's light.
struct GamepadLight {
  std::uint8_t pad = 0;
  std::uint32_t colour = 0;  // 0xRRGGBB
  bool operator==(const GamepadLight&) const = default;
};

/// Pairing, RFC 9382 with the client as A and the host as B. The only messages that an unpaired client may send.
struct PairShare {                      // client -> host: pA; host -> client: pB and the host's confirmation cB
  std::vector<std::byte> share;         // 65 bytes, uncompressed P-256 point
  std::vector<std::byte> confirmation;  // 32 bytes from the host, empty from the client
  std::string name;                     // of the sender, for the other's list
  bool operator==(const PairShare&) const = default;
};
struct PairConfirm {                    // client -> host: cA
  std::vector<std::byte> confirmation;  // 32 bytes
  bool operator==(const PairConfirm&) const = default;
};
struct Paired {  // host -> client: both have proved the PIN, the certificates are pinned
  std::string host_name;
  bool operator==(const Paired&) const = default;
};

using ControlMessage = std::variant<Hello, Welcome, Refusal, Start, Started, Reconfigure, Reconfigured, RequestKeyframe,
                                    InvalidateFrames, SetBitrate, ClientStats, HostStats, Goodbye, GamepadRumble,
                                    GamepadLight, SpeedTestRequest, SpeedTestResult, PairShare, PairConfirm, Paired>;

/// With its length in front, ready for the stream. Texts over max_text are cut at a UTF-8 boundary.
std::vector<std::byte> encode_control(const ControlMessage& message);

/// One message without its length. nullopt: a type that this version does not know, to be skipped.
/// Errors: truncated, malformed.
Result<std::optional<ControlMessage>> decode_control(std::span<const std::byte> message);

/// Cuts the control stream into messages: a length of 2 (a bare type) to max_control_message.
class ControlFramer : public RecordFramer<std::uint32_t> {
 public:
  ControlFramer() : RecordFramer(2, max_control_message) {}
};

}  // namespace pf::wire
