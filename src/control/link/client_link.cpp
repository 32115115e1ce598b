#include "control/link/client_link.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include "control/link/device_sender.h"
#include "control/link/media_inbox.h"
#include "control/link/message_stream.h"
#include "control/link/pointer_sender.h"
#include "core/base/version.h"
#include "core/crypto/cipher_choice.h"
#include "core/session/unit_limit.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr milliseconds answer_limit{5000};
constexpr milliseconds goodbye_limit{500};
constexpr milliseconds tick{5};  // how late a given-up frame or a keyframe request can be
constexpr milliseconds stats_interval{1000};
constexpr milliseconds feedback_interval{50};
constexpr milliseconds motion_again{20};  // the last motion of a burst is said twice
constexpr milliseconds first_pings{100};
constexpr milliseconds later_pings{500};
constexpr std::uint32_t first_ping_count = 10;

ErrorCode code_of(wire::RefusalCode refusal) {
  switch (refusal) {
    case wire::RefusalCode::version:
    case wire::RefusalCode::bad_mode: return ErrorCode::unsupported;
    case wire::RefusalCode::not_paired: return ErrorCode::unauthenticated;
    case wire::RefusalCode::too_many_clients: return ErrorCode::busy;
    default: return ErrorCode::refused;
  }
}

std::string sentence_for(const wire::Goodbye& goodbye) {
  if (!goodbye.text.empty()) return wire::printable(goodbye.text);
  return "the host ended the session";
}

/// Whether trying again may succeed without anybody doing anything on the host.
bool worth_a_retry(wire::GoodbyeReason reason) {
  using enum wire::GoodbyeReason;
  return reason == display_lost || reason == capture_failed || reason == encode_failed || reason == internal;
}

class Link final : public ClientLink, public ConnectionHandler {
 public:
  Link(std::unique_ptr<QuicPort> port, LinkOptions options, LinkEvents events, const Clock& clock)
      : options_(std::move(options)),
        events_(std::move(events)),
        clock_(clock),
        max_unit_(options_.start.mode),
        port_(*port),
        owned_port_(std::move(port)) {}
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  Result<void> open(const std::stop_token& stop);

  // --- ClientLink ---
  [[nodiscard]] const wire::Started& started() const override { return started_; }
  [[nodiscard]] const wire::Welcome& welcome() const override { return welcome_; }
  Result<std::uint32_t> reconfigure(const Mode& mode, std::optional<Bitrate> bitrate) override;
  void set_bitrate(Bitrate bitrate) override { post_message(wire::SetBitrate{bitrate}); }
  void request_keyframe() override { post_message(wire::RequestKeyframe{}); }
  void send(const wire::ReliableInput& event) override;
  void move_pointer(std::int32_t dx_16th, std::int32_t dy_16th) override {
    if (pointer_.move(dx_16th, dy_16th)) port_.post([this] { send_pointer(true); });
  }
  void place_pointer(std::uint16_t x, std::uint16_t y) override {
    if (pointer_.place(x, y)) port_.post([this] { send_pointer(true); });
  }
  [[nodiscard]] wire::PointerState pointer() const override { return pointer_.state(); }
  void touch(wire::TouchPhase phase, const wire::TouchContact& contact) override {
    send(devices_.touch(phase, contact));
  }
  void pen(const wire::PenState& state) override { send(devices_.pen(state)); }
  void gamepad(std::uint8_t pad, std::uint32_t buttons, const wire::GamepadAxes& axes) override {
    send(devices_.gamepad(pad, buttons, axes));
  }
  void gamepad_motion(const wire::GamepadMotion& motion) override { send(devices_.gamepad_motion(motion)); }
  void gamepad_touch(std::uint8_t pad, wire::TouchPhase phase, const wire::TouchContact& contact) override {
    send(devices_.gamepad_touch(pad, phase, contact));
  }
  void report(Duration decode, Duration end_to_end) override { inbox_->report(decode, end_to_end); }
  [[nodiscard]] LinkStats stats() const override;
  [[nodiscard]] std::optional<TimePoint> to_local(std::uint32_t host_timestamp_us, TimePoint near) const override;
  void goodbye(wire::GoodbyeReason reason, const std::string& text) override;

  // --- ConnectionHandler: the control thread ---
  void on_bytes(QuicConnection& connection, Channel channel, std::span<const std::byte> bytes) override;
  void on_datagram(QuicConnection& connection, std::span<const std::byte> bytes, TimePoint arrival) override;
  void on_closed(QuicConnection& connection, const CloseReason& reason) override;

 private:
  using Answer = Result<void>;

  void on_message(const wire::ControlMessage& message);
  void on_handshake_message(const wire::ControlMessage& message);
  void on_welcome(const wire::Welcome& welcome);
  Result<void> open_inbox(MediaCipher cipher);
  void write(const wire::ControlMessage& message);
  void post_message(const wire::ControlMessage& message) {
    port_.post([this, message] { write(message); });
  }
  [[nodiscard]] std::optional<microseconds> round_trip() const {
    const std::lock_guard lock(clock_mutex_);
    return clock_sync_.round_trip();
  }
  /// The largest unit that is taken follows the modes that may be in force.
  template <class Change>
  void change_max_unit(const Change& change) {
    const std::lock_guard lock(max_unit_mutex_);
    const auto now = clock_.now();
    change(max_unit_, now);
    inbox_->set_max_unit(max_unit_.bytes(now));
  }
  void send_pointer(bool again);
  void send(const DeviceSender::Outgoing& input);
  void send_motion(const wire::UnreliableInput& motion);
  void run_tick();
  void run_stats();
  void run_ping(std::uint32_t id);
  void run_feedback();
  void end(const std::string& text, bool retry);
  void settle(Answer answer);

  const LinkOptions options_;
  const LinkEvents events_;
  const Clock& clock_;
  wire::Welcome welcome_;
  wire::Started started_;
  PointerSender pointer_;
  DeviceSender devices_;
  std::unique_ptr<MediaInbox> inbox_;
  std::mutex max_unit_mutex_;
  session::UnitLimit max_unit_;
  mutable std::mutex clock_mutex_;
  session::ClockSync clock_sync_;
  std::atomic<std::uint32_t> next_request_{1};

  // The control thread's own, after open():
  MessageStream messages_;
  std::shared_ptr<QuicConnection> connection_;  // with the port
  bool streaming_ = false;
  bool ended_ = false;
  bool leaving_ = false;

  std::promise<Answer> answer_;
  bool answered_ = false;
  std::mutex closed_mutex_;
  std::condition_variable closed_changed_;
  bool closed_ = false;

  // Its threads use the port until they have ended, while the pointer that owns it is empty already.
  QuicPort& port_;
  std::unique_ptr<QuicPort> owned_port_;  // last: its end ends the threads that use the rest
};

Result<void> Link::open(const std::stop_token& stop) {
  // The port must not share ownership of us: we own it, and outlive its threads.
  std::shared_ptr<ConnectionHandler> handler(this, [](ConnectionHandler*) {});
  auto connected = port_.connect(options_.host, options_.pinned, std::move(handler), stop);
  if (!connected) return std::unexpected(connected.error());

  auto answer = answer_.get_future();
  port_.post([this, connection = *connected] {
    if (answered_) return;  // the host has hung up already
    connection_ = connection;
    write(wire::Hello{.client_name = options_.client_name,
                      .software = software_name(),
                      .codecs = {options_.start.codec},
                      .ciphers = options_.ciphers});
  });
  const std::stop_callback call_off(
      stop, [this] { port_.post([this] { settle(fail(ErrorCode::closed, "the attempt was called off")); }); });
  if (answer.wait_for(answer_limit) != std::future_status::ready) {
    port_.post([this] { settle(fail(ErrorCode::timeout, "the host accepted the connection but did not answer")); });
  }
  return answer.get();
}

Link::~Link() {
  goodbye(wire::GoodbyeReason::user, "");
  {
    std::unique_lock lock(closed_mutex_);
    closed_changed_.wait_for(lock, goodbye_limit, [this] { return closed_; });
  }
  port_.set_media_handler(nullptr);
  owned_port_.reset();
}

// What has failed is over, and nobody is told of it but who waits.
void Link::settle(Answer answer) {
  if (std::exchange(answered_, true)) return;
  if (!answer) ended_ = true;
  answer_.set_value(std::move(answer));
}

void Link::write(const wire::ControlMessage& message) {
  if (connection_) (void)connection_->send(Channel::control, wire::encode_control(message));
}

// --- what the host says ---

void Link::on_bytes(QuicConnection& connection, Channel, std::span<const std::byte> bytes) {
  const auto understood = messages_.push(bytes, [this](const wire::ControlMessage& message) { on_message(message); });
  if (understood) return;
  settle(fail(ErrorCode::malformed, "the host speaks another protocol: " + understood.error().message));
  connection.close(1, "protocol error");
  end("the host sent something that is not the protocol: " + understood.error().message, false);
}

void Link::on_message(const wire::ControlMessage& message) {
  if (ended_) return;  // a host that goes on after its goodbye
  if (const auto* goodbye = std::get_if<wire::Goodbye>(&message)) {
    settle(fail(ErrorCode::closed, sentence_for(*goodbye)));
    end(sentence_for(*goodbye), worth_a_retry(goodbye->reason));
    if (connection_) connection_->close(0, "goodbye");
    return;
  }
  if (!streaming_) {
    on_handshake_message(message);
  } else if (const auto* stats = std::get_if<wire::HostStats>(&message)) {
    if (events_.on_host_stats) events_.on_host_stats(*stats);
  } else if (const auto* reconfigured = std::get_if<wire::Reconfigured>(&message)) {
    change_max_unit(
        [&](auto& limit, TimePoint now) { limit.answered(reconfigured->request, reconfigured->mode, now); });
    auto shown = *reconfigured;
    shown.text = wire::printable(shown.text);
    if (events_.on_reconfigured) events_.on_reconfigured(shown);
  } else if (const auto* rumble = std::get_if<wire::GamepadRumble>(&message)) {
    if (events_.on_rumble) events_.on_rumble(*rumble);
  } else if (const auto* light = std::get_if<wire::GamepadLight>(&message)) {
    if (events_.on_light) events_.on_light(*light);
  }
}

void Link::on_handshake_message(const wire::ControlMessage& message) {
  if (const auto* refusal = std::get_if<wire::Refusal>(&message)) {
    settle(fail(code_of(refusal->code), wire::printable(refusal->text)));
  } else if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
    on_welcome(*welcome);
  } else if (const auto* started = std::get_if<wire::Started>(&message); started != nullptr && inbox_) {
    started_ = *started;
    started_.display = wire::printable(started->display);
    change_max_unit([&](auto& limit, TimePoint now) { limit.started(started->mode, now); });
    streaming_ = true;
    settle({});
    run_tick();
    run_stats();
    run_feedback();
    run_ping(1);
  }
}

// Media may overtake Started, so its keys are ready before Start leaves.
void Link::on_welcome(const wire::Welcome& welcome) {
  if (inbox_) return;
  if (!connection_) return settle(fail(ErrorCode::malformed, "the host answered before it was asked"));
  if (auto opened = open_inbox(welcome.cipher); !opened) return settle(std::unexpected(opened.error()));
  welcome_ = welcome;
  welcome_.host_name = wire::printable(welcome.host_name);
  welcome_.software = wire::printable(welcome.software);
  port_.set_media_handler([this](std::span<std::byte> packet, const net::Address&, TimePoint arrival) {
    inbox_->receive(packet, arrival);
  });
  write(options_.start);
}

Result<void> Link::open_inbox(MediaCipher cipher) {
  if (auto ok = crypto::check_choice(options_.ciphers, cipher); !ok) return ok;
  const auto secret = connection_->media_secret();
  if (!secret) return std::unexpected(secret.error());
  auto inbox = MediaInbox::create(*secret, cipher, {.max_unit = session::max_unit_for(options_.start.mode)}, clock_,
                                  events_.on_video, events_.on_audio);
  if (!inbox) return std::unexpected(inbox.error());
  inbox_ = std::move(*inbox);
  return {};
}

void Link::on_datagram(QuicConnection&, std::span<const std::byte> bytes, TimePoint arrival) {
  const auto datagram = wire::decode_datagram(bytes);
  if (!datagram || !*datagram) return;
  if (const auto* pong = std::get_if<wire::ClockPong>(&**datagram)) {
    const std::lock_guard lock(clock_mutex_);
    clock_sync_.on_pong(*pong, arrival);
  }
}

void Link::on_closed(QuicConnection&, const CloseReason& reason) {
  switch (reason.kind) {
    case CloseReason::Kind::idle: end("the host stopped answering", true); break;
    case CloseReason::Kind::local: end("the session is over", false); break;
    case CloseReason::Kind::peer:
      end(reason.text.empty() ? "the host closed the connection" : "the host closed the connection: " + reason.text,
          true);
      break;
    default: end("the connection to the host broke: " + reason.text, true); break;
  }
  settle(fail(ErrorCode::closed, "the host closed the connection" + (reason.text.empty() ? "" : ": " + reason.text)));
  connection_.reset();
  {
    const std::lock_guard lock(closed_mutex_);
    closed_ = true;
  }
  closed_changed_.notify_all();
}

void Link::end(const std::string& text, bool retry) {
  const bool first = !std::exchange(ended_, true);
  streaming_ = false;
  if (first && answered_ && !leaving_ && events_.on_ended) events_.on_ended(text, retry);
}

// --- what runs by itself while streaming ---

void Link::run_tick() {
  if (!streaming_) return;
  const auto now = clock_.now();
  change_max_unit([](auto&, TimePoint) {});
  inbox_->advance(now);
  if (const auto message = inbox_->repair_wanted(now, round_trip())) write(*message);
  port_.post([this] { run_tick(); }, tick);
}

void Link::run_stats() {
  if (!streaming_) return;
  const auto stats = inbox_->take_stats(clock_.now());
  if (stats.interval_ms != 0) write(stats);
  port_.post([this] { run_stats(); }, stats_interval);
}

void Link::run_feedback() {
  if (!streaming_ || !connection_) return;
  if (const auto feedback = inbox_->take_feedback(clock_.now()))
    connection_->send_datagram(wire::encode_datagram(*feedback));
  port_.post([this] { run_feedback(); }, feedback_interval);
}

void Link::run_ping(std::uint32_t id) {
  if (!streaming_ || !connection_) return;
  connection_->send_datagram(wire::encode_datagram(wire::ClockPing{id, to_micros(clock_.now())}));
  port_.post([this, id] { run_ping(id + 1); }, id < first_ping_count ? first_pings : later_pings);
}

void Link::send_pointer(bool again) {
  if (!connection_) return;
  const auto state = pointer_.take();
  connection_->send_datagram(wire::encode_datagram(wire::MotionDatagram{state}));
  if (!again) return;
  port_.post(
      [this, sequence = state.sequence] {
        if (pointer_.state().sequence == sequence) send_pointer(false);
      },
      motion_again);
}

void Link::send(const DeviceSender::Outgoing& input) {
  if (!input) return;
  if (const auto* event = std::get_if<wire::ReliableInput>(&*input)) return send(*event);
  port_.post([this, motion = std::get<wire::UnreliableInput>(*input)] {
    send_motion(motion);
    port_.post(
        [this, motion] {
          if (devices_.is_newest(motion)) send_motion(motion);
        },
        motion_again);
  });
}

void Link::send_motion(const wire::UnreliableInput& motion) {
  if (connection_) connection_->send_datagram(wire::encode_datagram(wire::as_datagram(motion)));
}

// --- what the user asks for ---

Result<std::uint32_t> Link::reconfigure(const Mode& mode, std::optional<Bitrate> bitrate) {
  if (!mode.valid())
    return fail(ErrorCode::invalid_argument,
                "display mode " + mode.to_string() + " is outside 320x200 to 7680x4320 at 1 to 500 Hz");
  const auto request = next_request_++;
  change_max_unit([&](auto& limit, TimePoint) { limit.asked(request, mode); });
  post_message(wire::Reconfigure{request, mode, bitrate});
  return request;
}

void Link::send(const wire::ReliableInput& event) {
  if (const auto* came = std::get_if<wire::GamepadArrival>(&event)) devices_.forget_gamepad(came->pad);
  if (const auto* went = std::get_if<wire::GamepadRemoval>(&event)) devices_.forget_gamepad(went->pad);
  port_.post([this, record = wire::encode_input(event)] {
    if (connection_) (void)connection_->send(Channel::input, record);
  });
}

LinkStats Link::stats() const {
  LinkStats stats;
  stats.video = inbox_->video_counters();
  stats.audio = inbox_->audio_counters();
  const std::lock_guard lock(clock_mutex_);
  stats.round_trip = clock_sync_.round_trip();
  stats.clock_offset_us = clock_sync_.offset_us();
  return stats;
}

std::optional<TimePoint> Link::to_local(std::uint32_t host_timestamp_us, TimePoint near) const {
  const std::lock_guard lock(clock_mutex_);
  return clock_sync_.to_local(host_timestamp_us, near);
}

void Link::goodbye(wire::GoodbyeReason reason, const std::string& text) {
  port_.post([this, reason, text] {
    if (std::exchange(leaving_, true)) return;
    if (!connection_) {
      const std::lock_guard lock(closed_mutex_);
      closed_ = true;
      closed_changed_.notify_all();
      return;
    }
    write(wire::Goodbye{reason, text});
    streaming_ = false;
    connection_->close(0, "goodbye");
  });
}

}  // namespace

Result<std::unique_ptr<ClientLink>> ClientLink::connect(const LinkOptions& options, LinkEvents events,
                                                        const Clock& clock, const std::stop_token& stop) {
  QuicPortOptions port;
  port.bind = net::Address::any_of(options.host.family, 0);
  port.identity = options.identity;
  port.timeouts = options.timeouts;
  auto opened = QuicPort::open(port);
  if (!opened) return std::unexpected(opened.error());
  return connect_over(std::move(*opened), options, std::move(events), clock, stop);
}

Result<std::unique_ptr<ClientLink>> ClientLink::connect_over(std::unique_ptr<QuicPort> port, const LinkOptions& options,
                                                             LinkEvents events, const Clock& clock,
                                                             const std::stop_token& stop) {
  auto link = std::make_unique<Link>(std::move(port), options, std::move(events), clock);
  if (auto opened = link->open(stop); !opened) return std::unexpected(opened.error());
  return link;
}

}  // namespace pf::control
