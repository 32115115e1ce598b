// A client's end of a session: connects, says hello, starts, receives, answers. What the client programs and the C ABI
// stand on.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/quic/quic_port.h"
#include "control/trust/trust_store.h"
#include "core/base/cpu_features.h"
#include "core/crypto/cipher_choice.h"
#include "core/session/audio_stream.h"
#include "core/session/clock_sync.h"
#include "core/session/video_receiver.h"
#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"

namespace pf::control {

struct LinkEvents {
  // On the receive thread or the control thread, one at a time: hand over quickly.
  std::function<void(session::ReceivedUnit)> on_video;
  std::function<void(session::ReceivedAudio)> on_audio;
  // On the control thread.
  std::function<void(const wire::HostStats&)> on_host_stats;
  std::function<void(const wire::Reconfigured&)> on_reconfigured;
  std::function<void(const wire::GamepadRumble&)> on_rumble;
  std::function<void(const wire::GamepadLight&)> on_light;
  /// The session is over. `text` is a sentence for the user ("the host stopped answering"); `retry` says whether a
  /// reconnect makes sense.
  std::function<void(const std::string& text, bool retry)> on_ended;
};

struct LinkStats {
  session::ReceiverCounters video;
  session::AudioReceiver::Counters audio;
  std::optional<microseconds> round_trip;
  std::optional<std::int64_t> clock_offset_us;
};

struct LinkOptions {
  Identity identity;
  std::string client_name;
  net::Address host;
  Fingerprint pinned{};
  wire::Start start;
  QuicTimeouts timeouts;
  std::vector<MediaCipher> ciphers = crypto::cipher_preference(cpu_features().aes);  // to be offered, best first
};

/// Pairs with a host; blocks. Returns what is to be put into the client's trust store.
/// Errors: unauthenticated (wrong PIN), refused (with the host's sentence), timeout, closed (`stop`), io.
Result<TrustedPeer> pair_with_host(const Identity& identity, const std::string& client_name, const net::Address& host,
                                   const std::string& pin, const std::stop_token& stop = {});
/// The same over a client's port that is open.
Result<TrustedPeer> pair_over(std::unique_ptr<QuicPort> port, const Identity& identity, const std::string& client_name,
                              const net::Address& host, const std::string& pin, const std::stop_token& stop = {});

/// One session. Calls from any thread but the two that call back; the destructor says goodbye and waits at most 500 ms.
class ClientLink {
 public:
  /// Connects and starts; blocks. Errors: as QuicPort::connect; refused with the host's sentence (not paired, bad mode,
  /// ...); closed (`stop`).
  static Result<std::unique_ptr<ClientLink>> connect(const LinkOptions& options, LinkEvents events, const Clock& clock,
                                                     const std::stop_token& stop = {});
  /// The same over a client's port that is open.
  static Result<std::unique_ptr<ClientLink>> connect_over(std::unique_ptr<QuicPort> port, const LinkOptions& options,
                                                          LinkEvents events, const Clock& clock,
                                                          const std::stop_token& stop = {});
  virtual ~ClientLink() = default;

  [[nodiscard]] virtual const wire::Started& started() const = 0;
  [[nodiscard]] virtual const wire::Welcome& welcome() const = 0;
  /// Returns the request's number; the answer comes by on_reconfigured.
  virtual Result<std::uint32_t> reconfigure(const Mode& mode, std::optional<Bitrate> bitrate) = 0;
  virtual void set_bitrate(Bitrate bitrate) = 0;
  virtual void request_keyframe() = 0;  // also done by itself after a loss, and when the decoder says that it is lost
  virtual void send(const wire::ReliableInput& event) = 0;
  virtual void move_pointer(std::int32_t dx_16th, std::int32_t dy_16th) = 0;
  virtual void place_pointer(std::uint16_t x, std::uint16_t y) = 0;
  [[nodiscard]] virtual wire::PointerState pointer() const = 0;  // to go into a ButtonEvent or WheelEvent
  // What says nothing new is not sent, and what is out of bounds neither.
  virtual void touch(wire::TouchPhase phase, const wire::TouchContact& contact) = 0;
  virtual void pen(const wire::PenState& state) = 0;  // its sequence is filled in, as is that of a gamepad's motion
  /// Of a gamepad that a GamepadArrival has announced.
  virtual void gamepad(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) = 0;
  virtual void gamepad_motion(const wire::GamepadMotion& motion) = 0;
  virtual void gamepad_touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) = 0;
  /// What decode and presentation measured, for the host's ClientStats.
  virtual void report(Duration decode, Duration end_to_end) = 0;
  [[nodiscard]] virtual LinkStats stats() const = 0;
  /// A unit's capture time on this machine's clock. nullopt before the clocks are in step.
  [[nodiscard]] virtual std::optional<TimePoint> to_local(std::uint32_t host_timestamp_us, TimePoint near) const = 0;
  virtual void goodbye(wire::GoodbyeReason reason, const std::string& text) = 0;
};

}  // namespace pf::control
