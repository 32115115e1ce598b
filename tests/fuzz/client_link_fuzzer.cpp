// A client's whole session, from the handshake on: the host says whatever comes next, in messages that are understood,
// in bytes, datagrams and media packets, genuine, forged under the right key or neither, while the user does something.
// Connecting ends once, nothing is told after the end, and what the client says is the protocol.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "control/link/client_link.h"
#include "core/wire/bytes.h"
#include "core/wire/media_header.h"
#include "fuzz/require.h"
#include "support/fake_connection.h"

namespace {

using namespace pf;

/// Where the host is; what the client says has to be the protocol.
class Connection final : public test::FakeConnection {
 public:
  Result<void> send(control::Channel channel, std::span<const std::byte> bytes) override {
    if (channel == control::Channel::input) return {};
    const auto message = wire::decode_control(bytes.subspan(4));
    fuzz::require(message && *message);
    return {};
  }
  void send_datagram(std::span<const std::byte> bytes) override {
    const auto datagram = wire::decode_datagram(bytes);
    fuzz::require(datagram && *datagram);
    if (const auto* ping = std::get_if<wire::ClockPing>(&**datagram)) last_ping = *ping;
  }

  wire::ClockPing last_ping{};
};

/// Its control thread is whoever calls: tasks run one after another, those that are due later when the clock is there.
class Port final : public control::QuicPort {
 public:
  using Handler = std::shared_ptr<control::ConnectionHandler>;
  /// `first_words` is called once, when the client has said hello.
  Port(ManualClock& clock, std::shared_ptr<Connection> connection, std::function<void(Port&)> first_words)
      : clock_(clock), connection_(std::move(connection)), first_words_(std::move(first_words)) {}

  Result<std::shared_ptr<control::QuicConnection>> connect(const net::Address&, std::optional<control::Fingerprint>,
                                                           Handler handler, const std::stop_token&) override {
    handler_ = std::move(handler);
    return connection_;
  }
  void set_media_handler(control::MediaHandler handler) override { media_ = std::move(handler); }
  void post(std::function<void()> task, milliseconds delay) override {
    if (delay.count() > 0) {
      later_.emplace_back(clock_.now() + delay, std::move(task));
      return;
    }
    tasks_.push_back(std::move(task));
    run();
    close_if_asked();
    if (auto words = std::exchange(first_words_, nullptr)) words(*this);
  }
  [[nodiscard]] net::Address local() const override { return net::Address::v4_loopback(4001); }

  void advance(milliseconds by) {
    const auto until = clock_.now() + by;
    for (;;) {
      const auto next = std::ranges::min_element(later_, {}, [](const auto& timer) { return timer.first; });
      if (next == later_.end() || next->first > until) break;
      if (next->first > clock_.now()) clock_.advance(next->first - clock_.now());
      tasks_.push_back(std::move(next->second));
      later_.erase(next);
      run();
    }
    clock_.advance(until - clock_.now());
  }
  void bytes(std::span<const std::byte> bytes) {
    if (!gone_) handler_->on_bytes(*connection_, control::Channel::control, bytes);
    run();
    close_if_asked();
  }
  void datagram(std::span<const std::byte> bytes) {
    if (!gone_) handler_->on_datagram(*connection_, bytes, clock_.now());
    run();
  }
  void media(std::span<const std::byte> packet) {
    std::vector<std::byte> copy(packet.begin(), packet.end());
    if (media_) media_(copy, connection_->remote(), clock_.now());
  }
  /// As a connection does that its owner has closed.
  void close_if_asked() {
    if (connection_->closed && !running_ && handler_) close({});
  }
  void close(const control::CloseReason& reason) {
    if (std::exchange(gone_, true)) return;
    handler_->on_closed(*connection_, reason);
    run();
  }
  [[nodiscard]] std::size_t timers() const { return later_.size(); }

 private:
  void run() {
    if (std::exchange(running_, true)) return;
    for (; !tasks_.empty(); tasks_.pop_front()) tasks_.front()();
    running_ = false;
  }

  ManualClock& clock_;
  const std::shared_ptr<Connection> connection_;
  std::function<void(Port&)> first_words_;
  Handler handler_;
  control::MediaHandler media_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::pair<TimePoint, std::function<void()>>> later_;
  bool running_ = false;
  bool gone_ = false;
};

class World {
 public:
  explicit World(wire::Reader& in) : in_(in) {
    auto port = std::make_unique<Port>(clock_, connection_, [this](Port& p) { handshake(p); });
    port_ = port.get();
    control::LinkOptions options;
    options.client_name = "c";
    options.start.mode = {640, 360, 60'000};
    auto made = control::ClientLink::connect_over(std::move(port), options, events(), clock_);
    if (made)
      link_ = std::move(*made);
    else
      fuzz::require(ended_ == 0 && !made.error().message.empty());
  }

  void play() {
    for (int i = 0; i < 300 && link_ && in_.remaining() > 0; ++i) step();
    if (!link_) return;
    port_->advance(milliseconds{1000});
    fuzz::require(port_->timers() < 16);  // nothing that runs by itself runs twice
    port_->close({.kind = control::CloseReason::Kind::idle, .code = 0, .text = {}});
    fuzz::require(ended_ == 1);
    link_.reset();
  }

 private:
  control::LinkEvents events() {
    const auto told = [this] { fuzz::require(ended_ == 0); };
    return {.on_video = [](session::ReceivedUnit) {},
            .on_audio = [](session::ReceivedAudio) {},
            .on_host_stats = [told](const wire::HostStats&) { told(); },
            .on_reconfigured = [told](const wire::Reconfigured&) { told(); },
            .on_rumble = [told](const wire::GamepadRumble&) { told(); },
            .on_light = [told](const wire::GamepadLight&) { told(); },
            .on_ended =
                [this, told](const std::string& text, bool) {
                  told();
                  fuzz::require(!text.empty());
                  ++ended_;
                }};
  }

  /// Until the client is through, or the host has no more to say.
  void handshake(Port& port) {
    port_ = &port;
    switch (in_.read<std::uint8_t>() % 4) {
      case 0:
        for (int i = 0; i < 20 && in_.remaining() > 0; ++i) say_something();
        break;
      default:
        say(wire::Welcome{.version = 1, .host_name = "h", .software = "s", .codecs = {VideoCodec::h264}});
        say(started({640, 360, 60'000}, "d"));
    }
    // Connecting would wait for five seconds otherwise.
    if (in_.read<std::uint8_t>() > 250 || connection_->closed) return port.close({});
    say(wire::Refusal{.code = wire::RefusalCode::no_display, .text = "no"});
  }

  void step() {
    switch (in_.read<std::uint8_t>() % 8) {
      case 0: return port_->advance(milliseconds{in_.read<std::uint8_t>()});
      case 1: return port_->advance(milliseconds{in_.read<std::uint16_t>() % 2000});
      case 2: return do_something();
      case 3: return forge();
      case 4: return datagram();
      case 5: return port_->media(take());
      default: return say_something();
    }
  }
  std::span<const std::byte> take() {
    return in_.take(std::min<std::size_t>(in_.read<std::uint8_t>(), in_.remaining()));
  }
  static wire::Started started(const Mode& mode, std::string display) {
    wire::Started started;
    started.mode = mode;
    started.bitrate = 20_mbps;
    started.display = std::move(display);
    return started;
  }
  void say(const wire::ControlMessage& message) { port_->bytes(wire::encode_control(message)); }

  void say_something() {
    switch (in_.read<std::uint8_t>() % 10) {
      case 0: return say(wire::Welcome{.version = 1, .host_name = "h", .software = "s", .codecs = {}});
      case 1: return say(started({1280, 720, 60'000}, "\x1b"));
      case 2: return say(wire::Refusal{.code = wire::RefusalCode::bad_mode, .text = "no"});
      case 3: return say(wire::Goodbye{static_cast<wire::GoodbyeReason>(in_.read<std::uint8_t>() % 6), "bye"});
      case 4: return say(wire::GamepadRumble{in_.read<std::uint8_t>(), 1, 2, 3, 4});
      case 5: return say(wire::GamepadLight{in_.read<std::uint8_t>(), 5});
      case 6: {
        wire::Reconfigured answer;
        answer.request = in_.read<std::uint8_t>() % 4u;
        answer.mode = {in_.read<std::uint16_t>(), in_.read<std::uint16_t>(), 60'000};
        return say(answer);
      }
      case 7: return say(wire::HostStats{});
      case 8: {  // two messages in one go, and a third or a part of it
        auto bytes = wire::encode_control(wire::Goodbye{wire::GoodbyeReason::user, ""});
        const auto more = wire::encode_control(started({640, 360, 60'000}, ""));
        bytes.insert(bytes.end(), more.begin(), more.end());
        const auto last = wire::encode_control(wire::HostStats{});
        const auto part = std::span(last).first(std::min<std::size_t>(in_.read<std::uint8_t>(), last.size()));
        bytes.insert(bytes.end(), part.begin(), part.end());
        return port_->bytes(bytes);
      }
      default: return port_->bytes(take());
    }
  }

  void datagram() {
    if (in_.read<std::uint8_t>() % 2 == 0) return port_->datagram(take());
    const auto& ping = connection_->last_ping;
    port_->datagram(wire::encode_datagram(wire::ClockPong{.id = ping.id,
                                                          .client_send_us = ping.client_send_us,
                                                          .host_receive_us = in_.read<std::uint64_t>(),
                                                          .host_send_us = in_.read<std::uint64_t>()}));
  }

  /// A packet of video or sound under the right key, with anything in it.
  void forge() {
    const auto kind = in_.read<std::uint8_t>() % 2 == 0 ? wire::StreamKind::video : wire::StreamKind::audio;
    auto& sealer = kind == wire::StreamKind::video ? video_ : audio_;
    if (!sealer)
      sealer = crypto::PacketSealer::create(
                   crypto::derive_media_key(crypto::MediaSecret{}, kind, crypto::Direction::host_to_client))
                   .value();
    wire::MediaHeader header;
    header.stream = kind;
    header.frame = {in_.read<std::uint32_t>() % 64};
    header.timestamp_us = in_.read<std::uint32_t>();
    header.shard = in_.read<std::uint8_t>() % 8;
    header.data_shards = static_cast<std::uint16_t>(1 + in_.read<std::uint8_t>() % 8);
    header.parity_shards = in_.read<std::uint8_t>() % 4;
    std::vector<std::byte> packet(wire::media_overhead + 2u * in_.read<std::uint8_t>());
    const auto content = take();
    std::copy_n(content.begin(), std::min(content.size(), packet.size() - wire::media_overhead),
                packet.begin() + wire::media_header_size);
    if (sealer->seal(header, packet)) port_->media(packet);
  }

  void do_something() {
    switch (in_.read<std::uint8_t>() % 8) {
      case 0: {
        const Mode mode{in_.read<std::uint16_t>(), in_.read<std::uint16_t>(), 60'000};
        return (void)link_->reconfigure(mode, std::nullopt);
      }
      case 1: return link_->set_bitrate({in_.read<std::uint32_t>()});
      case 2: return link_->send(wire::KeyEvent{30, true});
      case 3: return link_->move_pointer(in_.read<std::int16_t>(), 3);
      case 4: return link_->report(microseconds{in_.read<std::uint32_t>()}, microseconds{in_.read<std::uint32_t>()});
      case 5: return link_->request_keyframe();
      case 6: return (void)link_->stats();
      default: return link_->gamepad(in_.read<std::uint8_t>(), in_.read<std::uint32_t>(), {});
    }
  }

  wire::Reader& in_;
  ManualClock clock_;
  const std::shared_ptr<Connection> connection_ = std::make_shared<Connection>();
  std::optional<crypto::PacketSealer> video_;
  std::optional<crypto::PacketSealer> audio_;
  Port* port_ = nullptr;
  int ended_ = 0;
  std::unique_ptr<control::ClientLink> link_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  World(in).play();
  return 0;
}
