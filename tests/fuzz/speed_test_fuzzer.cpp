// A speed test, both ends: the host's trains lost, repeated and late, whatever messages, datagrams and packets come in
// between, and a host that lies about what it sent. Whatever happens, the measurement comes to an end, once, with
// figures that make sense, and asks for no more than it may.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "control/link/speed_measurement.h"
#include "core/base/clock.h"
#include "core/wire/bytes.h"
#include "core/wire/media_header.h"
#include "fuzz/require.h"
#include "host/stream/speed_train.h"
#include "support/fake_connection.h"
#include "support/manual_timers.h"

namespace {

using namespace pf;

constexpr std::size_t datagram = 600;
constexpr std::size_t most_on_the_way = 2048;  // packets

crypto::MediaKey key() {
  return crypto::derive_media_key(crypto::MediaSecret{}, wire::StreamKind::speed, crypto::Direction::host_to_client);
}

/// What the client says, as the host understands it.
class Connection final : public test::FakeConnection {
 public:
  Result<void> send(control::Channel channel, std::span<const std::byte> bytes) override {
    fuzz::require(!closed && channel == control::Channel::control);
    const auto message = wire::decode_control(bytes.subspan(4));
    fuzz::require(message && *message);
    if (const auto* wanted = std::get_if<wire::SpeedTestRequest>(&**message)) requests.push_back(*wanted);
    return {};
  }
  void send_datagram(std::span<const std::byte> bytes) override {
    const auto ping = wire::decode_datagram(bytes);
    fuzz::require(!closed && ping && *ping && std::holds_alternative<wire::ClockPing>(**ping));
    pings.push_back(std::get<wire::ClockPing>(**ping));
  }

  std::vector<wire::SpeedTestRequest> requests;
  std::vector<wire::ClockPing> pings;
};

/// The way to the client: packets wait here until the scenario delivers or loses them.
class Way final : public session::PacketSink {
 public:
  Result<void> send(std::span<const std::byte> batch, std::size_t packet_size) override {
    fuzz::require(packet_size == datagram && batch.size() % packet_size == 0);
    for (std::size_t at = 0; at < batch.size() && packets.size() < most_on_the_way; at += packet_size)
      packets.emplace_back(batch.begin() + static_cast<std::ptrdiff_t>(at),
                           batch.begin() + static_cast<std::ptrdiff_t>(at + packet_size));
    return {};
  }
  std::deque<std::vector<std::byte>> packets;
};

class World {
 public:
  World()
      : measurement_(
            options_, clock_,
            [this](std::function<void()> task, milliseconds delay) { timers_.post(std::move(task), delay); },
            [this](const Result<control::SpeedFigures>& figures) { on_done(figures); }),
        train_(crypto::PacketSealer::create(key()).value(), datagram, way_) {
    measurement_.begin(connection_);
  }

  void play(wire::Reader& in) {
    switch (in.read<std::uint8_t>() % 12) {
      case 0: return say(wire::Welcome{.version = 1, .host_name = "h", .software = "s", .codecs = {}});
      case 1: return advance(milliseconds{in.read<std::uint8_t>()});
      case 2: return advance(milliseconds{in.read<std::uint16_t>() % 2000});
      case 3: return begin_train(in.read<std::uint8_t>());
      case 4: return deliver(in.read<std::uint8_t>(), in.read<std::uint8_t>());
      case 5: return lose(in.read<std::uint8_t>());
      case 6: return say(train_.result(clock_.now()));
      case 7: return lie(in);
      case 8: return pong(in);
      case 9: return forge(in);
      case 10: {
        const auto bytes = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
        return measurement_.on_bytes(*connection_, control::Channel::control, bytes);
      }
      default: {
        const auto bytes = in.take(std::min<std::size_t>(in.read<std::uint8_t>(), in.remaining()));
        measurement_.on_datagram(*connection_, bytes, clock_.now());
        std::vector<std::byte> packet(bytes.begin(), bytes.end());
        return measurement_.receive(packet, clock_.now());
      }
    }
  }

  /// Nobody says anything any more.
  void end() {
    for (int i = 0; i < 200 && !done_; ++i) advance(milliseconds{500});
    fuzz::require(done_);
    const auto asked = connection_->requests.size();
    advance(milliseconds{20'000});
    fuzz::require(connection_->closed && connection_->requests.size() == asked);
  }

 private:
  void on_done(const Result<control::SpeedFigures>& figures) {
    fuzz::require(!std::exchange(done_, true));
    Duration asked{0};
    for (const auto& request : connection_->requests) {
      fuzz::require(request.rate <= options_.ceiling && request.length_ms > 0 && request.length_ms <= 1000);
      asked += milliseconds{request.length_ms};
    }
    fuzz::require(asked <= options_.length + milliseconds{1000});
    if (!figures) return fuzz::require(!figures.error().message.empty());
    const auto& path = figures->path;
    fuzz::require(path.capacity.bits_per_second > 0 && path.capacity.bits_per_second <= 1'000'000'000'000);
    fuzz::require(path.suggested <= path.capacity && path.loss >= 0 && path.loss <= 1 && path.queued >= Duration{0});
    fuzz::require(figures->trains == connection_->requests.size());
    for (const auto& trip : {figures->round_trip, figures->loaded_round_trip})
      fuzz::require(!trip || (*trip >= microseconds{0} && *trip <= milliseconds{10'000}));
  }

  void say(const wire::ControlMessage& message) {
    measurement_.on_bytes(*connection_, control::Channel::control, wire::encode_control(message));
  }

  /// To each timer's moment, and by a millisecond at a time while a train leaves.
  void advance(milliseconds by) {
    const auto until = clock_.now() + by;
    while (clock_.now() < until) {
      const auto next = timers_.next(train_goes_on_ ? std::min(until, clock_.now() + milliseconds{1}) : until);
      clock_.advance(next - clock_.now());
      if (train_goes_on_) train_goes_on_ = train_.advance(clock_.now());
      timers_.run_due();
    }
  }

  /// The newest that the client has asked for, or one of its earlier ones.
  void begin_train(std::size_t back) {
    const auto& asked = connection_->requests;
    if (back >= asked.size()) return;
    const auto& request = asked[asked.size() - 1 - back];
    train_.begin({.number = request.train, .rate = request.rate, .length = milliseconds{request.length_ms}},
                 clock_.now());
    train_goes_on_ = true;
  }
  void deliver(std::size_t count, unsigned gap_us) {
    for (; count > 0 && !way_->packets.empty(); --count, clock_.advance(microseconds{gap_us})) {
      auto packet = way_->packets.front();
      measurement_.receive(packet, clock_.now());
      auto copy = way_->packets.front();
      if (count % 8 == 0) measurement_.receive(copy, clock_.now());  // which opens once
      way_->packets.pop_front();
    }
  }
  void lose(std::size_t count) {
    for (; count > 0 && !way_->packets.empty(); --count) way_->packets.pop_front();
  }
  void lie(wire::Reader& in) {
    wire::SpeedTestResult result;
    const auto newest = static_cast<std::uint32_t>(connection_->requests.size());
    result.train = newest - in.read<std::uint8_t>() % 4u;
    result.packets = in.read<std::uint32_t>();
    result.packet_size = in.read<std::uint32_t>();
    result.elapsed_us = in.read<std::uint32_t>();
    if (in.read<std::uint8_t>() > 250) result.text = "no";
    say(result);
  }
  void pong(wire::Reader& in) {
    wire::ClockPong pong;
    const auto& pings = connection_->pings;
    const std::size_t back = in.read<std::uint8_t>();
    if (back < pings.size()) {
      pong.id = pings[pings.size() - 1 - back].id;
      pong.client_send_us = pings[pings.size() - 1 - back].client_send_us;
    } else {
      pong.id = in.read<std::uint32_t>();
      pong.client_send_us = in.read<std::uint64_t>();
    }
    measurement_.on_datagram(*connection_, wire::encode_datagram(pong), clock_.now());
  }
  /// A packet under the right key with anything in it.
  void forge(wire::Reader& in) {
    wire::MediaHeader header;
    header.stream = wire::StreamKind::speed;
    header.frame = {static_cast<std::uint32_t>(connection_->requests.size()) - in.read<std::uint8_t>() % 3u};
    header.timestamp_us = in.read<std::uint32_t>();
    std::vector<std::byte> packet(wire::media_overhead + in.read<std::uint8_t>());
    if (!forger_) forger_ = crypto::PacketSealer::create(key(), 1u << 20).value();
    if (forger_->seal(header, packet)) measurement_.receive(packet, clock_.now());
  }

  control::SpeedOptions options_{
      .identity = {}, .client_name = "c", .host = {}, .pinned = {}, .length = milliseconds{2000}, .ceiling = 10_mbps};
  ManualClock clock_;
  test::ManualTimers timers_{clock_};
  bool done_ = false;
  const std::shared_ptr<Connection> connection_ = std::make_shared<Connection>();
  const std::shared_ptr<Way> way_ = std::make_shared<Way>();
  control::SpeedMeasurement measurement_;
  host::TrainSender train_;
  bool train_goes_on_ = false;
  std::optional<crypto::PacketSealer> forger_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  World world;
  for (int i = 0; i < 200 && in.remaining() > 0; ++i) world.play(in);
  world.end();
  return 0;
}
