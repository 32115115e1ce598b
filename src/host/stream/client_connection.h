// One client's connection: reads what it says, lets an unpaired one do nothing but pair, and passes the rest on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "control/pairing/pairing.h"
#include "control/quic/quic_port.h"
#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"
#include "host/stream/host_event.h"
#include "host/stream/session_settings.h"
#include "host/stream/speed_train.h"

namespace pf::host {

class HostCore;

/// Control thread only. The port owns it; it never outlives the core or its QuicConnection.
class ClientConnection final : public control::ConnectionHandler {
 public:
  ClientConnection(HostCore& core, control::QuicConnection& connection);

  [[nodiscard]] std::uint64_t id() const { return connection_.id(); }
  [[nodiscard]] const control::Fingerprint& peer() const { return connection_.peer(); }
  /// What the client calls itself, fit for a log.
  [[nodiscard]] const std::string& name() const { return name_; }
  Result<MediaLink> media_link();

  void send(const wire::ControlMessage& message);
  /// The request is not met; the connection stays.
  void refuse(const wire::Refusal& refusal);
  /// Whether a paired client has said hello here.
  [[nodiscard]] bool greeted() const { return greeted_; }
  /// Its connection is being closed, and it is served no more.
  [[nodiscard]] bool leaving() const { return done_; }
  /// Closes the connection of one who still has not; its time is over.
  void end_if_stranger();
  /// Says so and closes; what the client sends from now on is not heard.
  void goodbye(wire::GoodbyeReason reason, const std::string& text);

  void on_bytes(control::QuicConnection& connection, control::Channel channel,
                std::span<const std::byte> bytes) override;
  void on_datagram(control::QuicConnection& connection, std::span<const std::byte> bytes, TimePoint arrival) override;
  void on_closed(control::QuicConnection& connection, const control::CloseReason& reason) override;

 private:
  struct Handle;
  struct HandleDatagram;
  void on_control(std::span<const std::byte> bytes);
  void on_input(std::span<const std::byte> bytes);
  void handle(const wire::ControlMessage& message);
  void on_hello(const wire::Hello& hello);
  void on_start(const wire::Start& start);
  void on_speed_test(const wire::SpeedTestRequest& request);
  void on_pair_confirm(const wire::PairConfirm& confirm);
  void turn_away(const wire::Refusal& refusal);
  void turn_away_unpaired();
  void protocol_error(const std::string& what);
  void close(std::uint64_t code, const std::string& text);
  void report(HostEvent::Kind kind, HostEvent::Level level, const std::string& text) const;

  HostCore& core_;
  control::QuicConnection& connection_;
  control::HostPairing pairing_;
  wire::ControlFramer control_;
  wire::InputFramer input_;
  std::string name_;
  MediaCipher cipher_ = MediaCipher::aes_128_gcm;  // from the hello on
  std::unique_ptr<SpeedTrains> speed_;             // once asked for
  Duration speed_left_ = std::chrono::seconds{30};
  bool greeted_ = false;
  bool done_ = false;  // closing: nothing is heard any more
};

}  // namespace pf::host
