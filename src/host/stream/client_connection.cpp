#include "host/stream/client_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "core/crypto/cipher_choice.h"
#include "core/wire/utf8.h"
#include "host/stream/client_name.h"
#include "host/stream/host_core.h"

namespace pf::host {
namespace {

// Close codes: a Goodbye's reason as it is, a Refusal's code from here on.
constexpr std::uint64_t refusal_codes = 0x100;
constexpr milliseconds longest_train{1000};

std::uint64_t close_code(wire::GoodbyeReason reason) {
  return static_cast<std::uint64_t>(reason);
}

bool is_pairing(const wire::ControlMessage& message) {
  return std::holds_alternative<wire::PairShare>(message) || std::holds_alternative<wire::PairConfirm>(message);
}

}  // namespace

/// One member a message that a client may send; every other message is a host's.
struct ClientConnection::Handle {
  ClientConnection& to;

  StreamSession* session() const { return to.core_.session_of(to.id()); }

  void operator()(const wire::PairShare& share) const {
    const auto reply = to.pairing_.on_share(share);
    if (const auto* refused = std::get_if<wire::Refusal>(&reply)) return to.turn_away(*refused);
    to.send(reply);
  }
  void operator()(const wire::PairConfirm& confirm) const { to.on_pair_confirm(confirm); }
  void operator()(const wire::Hello& hello) const { to.on_hello(hello); }
  void operator()(const wire::Start& start) const { to.on_start(start); }
  void operator()(const wire::Reconfigure& request) const {
    if (auto* live = session()) {
      if (const auto overtaken = live->reconfigure(request)) to.send(*overtaken);
    } else {
      to.send(wire::Reconfigured{
          .request = request.request, .accepted = false, .mode = {}, .text = "No session is running."});
    }
  }
  void operator()(const wire::RequestKeyframe&) const {
    if (auto* live = session()) live->request_keyframe();
  }
  void operator()(const wire::InvalidateFrames& lost) const {
    if (auto* live = session()) live->invalidate(lost);
  }
  void operator()(const wire::SetBitrate& wanted) const {
    if (auto* live = session()) live->set_bitrate(wanted.bitrate);
  }
  void operator()(const wire::SpeedTestRequest& request) const { to.on_speed_test(request); }
  void operator()(const wire::ClientStats& stats) const {
    if (auto* live = session()) live->on_client_stats(stats);
  }
  void operator()(const wire::Goodbye& goodbye) const {
    to.core_.leave(to.id(),
                   goodbye.text.empty() ? "the client left" : "the client left: " + wire::printable(goodbye.text));
    to.close(0, "goodbye");
  }
  template <class Other>
  void operator()(const Other&) const {
    to.protocol_error("the client sent what only a host may say");
  }
};

/// The same for datagrams.
struct ClientConnection::HandleDatagram {
  ClientConnection& to;
  TimePoint arrival;

  void operator()(const wire::ClockPing& ping) const {
    to.connection_.send_datagram(
        wire::encode_datagram(wire::ClockPong{.id = ping.id,
                                              .client_send_us = ping.client_send_us,
                                              .host_receive_us = to_micros(arrival),
                                              .host_send_us = to_micros(to.core_.services().clock.now())}));
  }
  void operator()(const wire::ClockPong&) const {}  // a host asks nobody for the time
  void operator()(const wire::Feedback& feedback) const {
    if (auto* session = to.core_.session_of(to.id())) session->on_feedback(feedback);
  }
  void operator()(const wire::MotionDatagram& motion) const { (*this)(motion.pointer); }
  template <class Motion>
  void operator()(const Motion& motion) const {
    if (auto* session = to.core_.session_of(to.id())) session->input(wire::UnreliableInput(motion));
  }
};

ClientConnection::ClientConnection(HostCore& core, control::QuicConnection& connection)
    : core_(core),
      connection_(connection),
      pairing_(core.services().pairing, core.options().identity.fingerprint, connection.peer(), core.options().name),
      name_(client_name({}, connection.peer())) {}

Result<MediaLink> ClientConnection::media_link() {
  const auto secret = connection_.media_secret();
  if (!secret) return std::unexpected(secret.error());
  return MediaLink{.connection = id(), .secret = *secret, .cipher = cipher_, .sink = connection_.media_sink()};
}

void ClientConnection::report(HostEvent::Kind kind, HostEvent::Level level, const std::string& text) const {
  core_.report({kind, level, name_, text});
}

void ClientConnection::send(const wire::ControlMessage& message) {
  if (done_) return;
  const auto sent = connection_.send(control::Channel::control, wire::encode_control(message));
  if (!sent && sent.error().code == ErrorCode::exhausted)
    close(close_code(wire::GoodbyeReason::protocol_error), "the client does not read what the host says");
}

void ClientConnection::refuse(const wire::Refusal& refusal) {
  report(HostEvent::Kind::refused, HostEvent::Level::warning, fmt::format("{} was refused. {}", name_, refusal.text));
  send(refusal);
}

void ClientConnection::turn_away(const wire::Refusal& refusal) {
  refuse(refusal);
  close(refusal_codes + static_cast<std::uint64_t>(refusal.code), refusal.text);
}

void ClientConnection::turn_away_unpaired() {
  turn_away({wire::RefusalCode::not_paired,
             fmt::format("This device is not paired with {}. Run 'punktfunk-host pair' there and pair with the PIN "
                         "that it shows.",
                         core_.options().name)});
}

void ClientConnection::goodbye(wire::GoodbyeReason reason, const std::string& text) {
  if (done_) return;
  // An unpaired client hears nothing but about pairing.
  if (greeted_) send(wire::Goodbye{reason, text});
  close(close_code(reason), text);
}

void ClientConnection::end_if_stranger() {
  if (!greeted_) close(close_code(wire::GoodbyeReason::protocol_error), "no paired client has said hello in time");
}

void ClientConnection::protocol_error(const std::string& what) {
  if (!core_.trusted(peer())) return turn_away_unpaired();
  report(HostEvent::Kind::refused, HostEvent::Level::warning,
         fmt::format("{} broke the protocol and was disconnected: {}", name_, what));
  core_.leave(id(), "the client broke the protocol");
  send(wire::Goodbye{wire::GoodbyeReason::protocol_error, "The host did not understand this client: " + what + "."});
  close(close_code(wire::GoodbyeReason::protocol_error), what);
}

void ClientConnection::close(std::uint64_t code, const std::string& text) {
  if (std::exchange(done_, true)) return;
  connection_.close(code, text);
}

void ClientConnection::on_bytes(control::QuicConnection&, control::Channel channel, std::span<const std::byte> bytes) {
  if (done_) return;
  if (channel == control::Channel::control)
    on_control(bytes);
  else
    on_input(bytes);
}

void ClientConnection::on_control(std::span<const std::byte> bytes) {
  if (auto pushed = control_.push(bytes); !pushed) return protocol_error(pushed.error().message);
  while (!done_) {
    const auto record = control_.next();
    if (!record) return;
    const auto message = wire::decode_control(*record);
    if (!message) return protocol_error(message.error().message);
    if (*message)
      handle(**message);
    else if (!core_.trusted(peer()))
      turn_away_unpaired();
  }
}

void ClientConnection::handle(const wire::ControlMessage& message) {
  if (!is_pairing(message)) {
    if (!core_.trusted(peer())) return turn_away_unpaired();
    if (!greeted_ && !std::holds_alternative<wire::Hello>(message))
      return protocol_error("the first message must be a hello");
  }
  std::visit(Handle{*this}, message);
}

void ClientConnection::on_hello(const wire::Hello& hello) {
  if (greeted_) return protocol_error("a second hello");
  if (hello.min_version > wire::protocol_version || hello.max_version < wire::protocol_version) {
    return turn_away({wire::RefusalCode::version,
                      fmt::format("This host speaks protocol version {0} to {0}, this client {1} to {2}; update the "
                                  "older of the two.",
                                  wire::protocol_version, hello.min_version, hello.max_version)});
  }
  greeted_ = true;
  name_ = client_name(hello.client_name, peer());
  cipher_ = crypto::choose_cipher(hello.ciphers, core_.options().aes_in_hardware);
  send(wire::Welcome{.version = wire::protocol_version,
                     .host_name = core_.options().name,
                     .software = core_.options().software,
                     .codecs = core_.codecs(),
                     .cipher = cipher_});
  report(HostEvent::Kind::connected, HostEvent::Level::info,
         fmt::format("{} has connected from {}; its media is sealed by {}", name_, connection_.remote().to_string(),
                     to_string(cipher_)));
}

void ClientConnection::on_start(const wire::Start& start) {
  if (core_.session_of(id())) return refuse({wire::RefusalCode::bad_message, "This connection streams already."});
  if (!start.mode.valid())
    return refuse({wire::RefusalCode::bad_mode,
                   start.mode.to_string() + " is not a display mode that a host takes: 320x200 to 7680x4320 at 1 to "
                                            "500 Hz."});
  if (std::ranges::find(core_.codecs(), start.codec) == core_.codecs().end())
    return refuse({wire::RefusalCode::no_encoder, "This host has no encoder for the codec that was asked for."});
  if (start.audio_wanted && !start.audio.valid())
    return refuse(
        {wire::RefusalCode::bad_message, fmt::format("Sound has 2, 6 or 8 channels, not {}.", start.audio.channels)});
  core_.start(*this, start);
}

void ClientConnection::on_speed_test(const wire::SpeedTestRequest& request) {
  const auto no = [&](std::string text) {
    send(wire::SpeedTestResult{.train = request.train, .text = std::move(text)});
  };
  const auto length = std::min<Duration>(milliseconds{request.length_ms}, longest_train);
  if (speed_left_ < length) return no("This connection has measured for long enough; connect again for more.");
  if (const auto why = core_.claim_path(id(), length)) return no(*why);
  if (!speed_) {
    auto link = media_link();
    auto trains = link ? SpeedTrains::create(crypto::derive_media_key(link->secret, wire::StreamKind::speed,
                                                                      crypto::Direction::host_to_client, link->cipher),
                                             core_.options().session.max_datagram, link->sink, core_.services().clock,
                                             core_.deliver_to(id()))
                       : std::unexpected(link.error());
    if (!trains) return no("The host can't send a train: " + trains.error().message + ".");
    speed_ = std::move(*trains);
  }
  const Bitrate ceiling{2 * core_.options().session.max_bitrate.bits_per_second};
  if (!speed_->send({.number = request.train, .rate = std::min(request.rate, ceiling), .length = length}))
    return no("The train before has not left yet.");
  speed_left_ -= length;
}

void ClientConnection::on_pair_confirm(const wire::PairConfirm& confirm) {
  const auto outcome = pairing_.on_confirm(confirm);
  if (const auto* refused = std::get_if<wire::Refusal>(&outcome.reply)) return turn_away(*refused);
  name_ = client_name(outcome.client_name, peer());
  const auto now =
      core_.options().unix_time
          ? core_.options().unix_time()
          : std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count();
  const auto kept = core_.services().trust.add({.fingerprint = peer(), .name = name_, .paired_at = now, .address = {}});
  if (!kept)
    return turn_away({wire::RefusalCode::internal, "The host can't keep the pairing: " + kept.error().message + "."});
  send(outcome.reply);
  report(HostEvent::Kind::paired, HostEvent::Level::info,
         fmt::format("{} is paired and may stream from now on; 'punktfunk-host clients' lists it", name_));
}

void ClientConnection::on_input(std::span<const std::byte> bytes) {
  if (!core_.trusted(peer())) return turn_away_unpaired();
  if (auto pushed = input_.push(bytes); !pushed) return protocol_error(pushed.error().message);
  auto* session = core_.session_of(id());
  while (const auto record = input_.next()) {
    const auto event = wire::decode_input(*record);
    if (!event) return protocol_error(event.error().message);
    if (*event && session) session->input(**event);
  }
}

void ClientConnection::on_datagram(control::QuicConnection&, std::span<const std::byte> bytes, TimePoint arrival) {
  // Not even a clock for who has not said a paired client's hello; there is nothing to answer in a datagram.
  if (done_ || !greeted_) return;
  const auto datagram = wire::decode_datagram(bytes);
  if (!datagram || !*datagram) return;
  std::visit(HandleDatagram{*this, arrival}, **datagram);
}

void ClientConnection::on_closed(control::QuicConnection&, const control::CloseReason& reason) {
  if (greeted_)
    report(HostEvent::Kind::disconnected, HostEvent::Level::info,
           fmt::format("{} has disconnected{}", name_, reason.text.empty() ? "" : ": " + wire::printable(reason.text)));
  done_ = true;
  core_.closed(id());
}

}  // namespace pf::host
