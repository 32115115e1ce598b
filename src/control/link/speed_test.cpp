#include "control/link/speed_test.h"

#include <algorithm>
#include <future>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "control/link/message_stream.h"
#include "core/wire/input_events.h"
#include "core/wire/media_header.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr milliseconds ping_every{20};
constexpr milliseconds idle_first{200};  // of pings alone
constexpr milliseconds stragglers{50};   // that a queue on the way may still hold, besides what it was seen to hold
constexpr milliseconds pause{50};        // in which it empties
constexpr milliseconds answer_limit{5000};
constexpr milliseconds spare_time{10'000};  // for connecting, pauses and a slow path
constexpr std::size_t ip_and_udp = 28;

/// One measurement on one connection. Control thread, but for the media and the future.
class Measurement final : public ConnectionHandler {
 public:
  Measurement(const SpeedOptions& options, const Clock& clock)
      : options_(options), clock_(clock), search_(options.length, options.ceiling) {}

  std::future<Result<SpeedFigures>> result() { return result_.get_future(); }

  void begin(QuicPort& port, const std::shared_ptr<QuicConnection>& connection) {
    port_ = &port;
    connection_ = connection;
    const auto secret = connection->media_secret();
    auto opener = secret ? crypto::PacketOpener::create(crypto::derive_media_key(*secret, wire::StreamKind::speed,
                                                                                 crypto::Direction::host_to_client),
                                                        wire::StreamKind::speed)
                         : Result<crypto::PacketOpener>(std::unexpected(secret.error()));
    if (!opener) return finish(std::unexpected(opener.error()));
    {
      const std::lock_guard lock(mutex_);
      opener_.emplace(std::move(*opener));
    }
    write(
        wire::Hello{.client_name = options_.client_name, .software = "punktfunk 0.1.0", .codecs = {VideoCodec::h264}});
    expect_answer();
  }

  void call_off() { finish(fail(ErrorCode::closed, "the measurement was called off")); }

  /// On the receive thread.
  void receive(std::span<std::byte> packet, TimePoint arrival) {
    const auto header = wire::parse_media_header(packet);
    if (!header || header->stream != wire::StreamKind::speed) return;
    const std::lock_guard lock(mutex_);
    const auto opened = opener_ ? opener_->open(packet) : fail(ErrorCode::invalid_argument, "no key yet");
    if (opened && opened->header.frame.value == train_)
      meter_.arrived(arrival, opened->header.timestamp_us, packet.size() + ip_and_udp);
  }

  void on_bytes(QuicConnection&, Channel, std::span<const std::byte> bytes) override {
    const auto understood = messages_.push(bytes, [this](const wire::ControlMessage& message) { on_message(message); });
    if (!understood)
      finish(fail(ErrorCode::malformed, "the host speaks another protocol: " + understood.error().message));
  }
  void on_datagram(QuicConnection&, std::span<const std::byte> bytes, TimePoint arrival) override {
    const auto datagram = wire::decode_datagram(bytes);
    if (!datagram || !*datagram) return;
    const auto* pong = std::get_if<wire::ClockPong>(&**datagram);
    if (pong == nullptr) return;
    const auto trip = microseconds{static_cast<std::int64_t>(to_micros(arrival) - pong->client_send_us)};
    (under_way_ ? loaded_trips_ : idle_trips_).push_back(trip);
  }
  void on_closed(QuicConnection&, const CloseReason& reason) override {
    finish(fail(ErrorCode::closed, "the host closed the connection" + (reason.text.empty() ? "" : ": " + reason.text)));
    connection_.reset();
  }

 private:
  void write(const wire::ControlMessage& message) {
    if (connection_) (void)connection_->send(Channel::control, wire::encode_control(message));
  }

  void on_message(const wire::ControlMessage& message) {
    if (const auto* refusal = std::get_if<wire::Refusal>(&message)) {
      finish(fail(refusal->code == wire::RefusalCode::not_paired ? ErrorCode::unauthenticated : ErrorCode::refused,
                  wire::printable(refusal->text)));
    } else if (const auto* goodbye = std::get_if<wire::Goodbye>(&message)) {
      finish(fail(ErrorCode::closed,
                  goodbye->text.empty() ? "the host ended the connection" : wire::printable(goodbye->text)));
    } else if (std::holds_alternative<wire::Welcome>(message)) {
      ++answers_;
      ping();
      after(idle_first, [this] { send_train(); });
    } else if (const auto* sent = std::get_if<wire::SpeedTestResult>(&message); sent != nullptr && under_way_) {
      on_sent(*sent);
    }
  }

  void on_sent(const wire::SpeedTestResult& sent) {
    ++answers_;
    if (!sent.text.empty()) return finish(fail(ErrorCode::refused, wire::printable(sent.text)));
    if (sent.train != train_number_) return;
    // What the full path still holds comes later than this message, which has overtaken it or waited with it.
    after(stragglers, [this, sent] { conclude(sent); });
  }

  void send_train() {
    const auto train = search_.next();
    if (!train) return conclude_all();
    {
      const std::lock_guard lock(mutex_);
      train_ = ++train_number_;
      meter_.clear();
    }
    under_way_ = true;
    write(wire::SpeedTestRequest{
        .train = train_number_,
        .rate = train->rate,
        .length_ms = static_cast<std::uint32_t>(std::chrono::ceil<milliseconds>(train->length).count())});
    expect_answer();
  }

  void conclude(const wire::SpeedTestResult& sent) {
    under_way_ = false;
    rate::TrainOutcome outcome{.packets_sent = sent.packets, .sent = {}, .arrived = {}};
    if (sent.elapsed_us > 0)
      outcome.sent = {std::uint64_t{sent.packets} * sent.packet_size * 8 * 1'000'000 / sent.elapsed_us};
    {
      const std::lock_guard lock(mutex_);
      outcome.arrived = meter_.figures();
      train_ = 0;
    }
    search_.add(outcome);
    after(pause, [this] { send_train(); });
  }

  void conclude_all() {
    SpeedFigures figures{.path = search_.figures(), .trains = train_number_, .round_trip = {}, .loaded_round_trip = {}};
    if (!idle_trips_.empty()) figures.round_trip = *std::ranges::min_element(idle_trips_);
    if (!loaded_trips_.empty()) {
      const auto middle = loaded_trips_.begin() + static_cast<std::ptrdiff_t>(loaded_trips_.size() / 2);
      std::ranges::nth_element(loaded_trips_, middle);
      figures.loaded_round_trip = *middle;
    }
    if (figures.path.capacity.bits_per_second == 0)
      return finish(fail(ErrorCode::timeout, "none of the packets that the host sent to measure the path arrived"));
    finish(figures);
  }

  void ping() {
    if (finished_ || !connection_) return;
    connection_->send_datagram(wire::encode_datagram(wire::ClockPing{++ping_, to_micros(clock_.now())}));
    after(ping_every, [this] { ping(); });
  }

  void expect_answer() {
    after(answer_limit, [this, before = answers_] {
      if (answers_ == before)
        finish(fail(ErrorCode::timeout, "the host does not answer; a host older than this client knows no speed test"));
    });
  }

  void after(milliseconds delay, std::function<void()> task) {
    port_->post(
        [this, task = std::move(task)] {
          if (!finished_) task();
        },
        delay);
  }

  void finish(Result<SpeedFigures> figures) {
    if (std::exchange(finished_, true)) return;
    if (connection_) {
      write(wire::Goodbye{wire::GoodbyeReason::user, ""});
      connection_->close(0, "goodbye");
    }
    result_.set_value(std::move(figures));
  }

  const SpeedOptions& options_;
  const Clock& clock_;
  QuicPort* port_ = nullptr;
  std::shared_ptr<QuicConnection> connection_;  // with the port
  MessageStream messages_;
  rate::CapacitySearch search_;
  std::uint32_t train_number_ = 0;
  bool under_way_ = false;
  unsigned answers_ = 0;
  std::uint32_t ping_ = 0;
  std::vector<microseconds> idle_trips_;
  std::vector<microseconds> loaded_trips_;
  bool finished_ = false;
  std::promise<Result<SpeedFigures>> result_;

  std::mutex mutex_;  // guards what receive() uses
  std::optional<crypto::PacketOpener> opener_;
  std::uint32_t train_ = 0;  // 0: none is under way
  rate::TrainMeter meter_;
};

}  // namespace

Result<SpeedFigures> measure_speed(const SpeedOptions& options, const Clock& clock, const std::stop_token& stop) {
  // First, for the port's threads use it to the end.
  const auto measurement = std::make_shared<Measurement>(options, clock);
  auto result = measurement->result();
  QuicPortOptions port_options;
  port_options.bind =
      options.host.family == net::Address::Family::v4 ? net::Address::v4_any(0) : net::Address::v6_any(0);
  port_options.identity = options.identity;
  auto opened = QuicPort::open(port_options);
  if (!opened) return std::unexpected(opened.error());
  auto& port = **opened;
  const auto connection = port.connect(options.host, options.pinned, measurement, stop);
  if (!connection) return std::unexpected(connection.error());
  port.set_media_handler([&](std::span<std::byte> packet, const net::Address&, TimePoint arrival) {
    measurement->receive(packet, arrival);
  });
  port.post([&] { measurement->begin(port, *connection); });
  const std::stop_callback call_off(stop, [&] { port.post([measurement] { measurement->call_off(); }); });
  const bool over = result.wait_for(options.length * 2 + spare_time) == std::future_status::ready;
  port.set_media_handler(nullptr);
  if (!over) return fail(ErrorCode::timeout, "the measurement did not come to an end in time");
  return result.get();
}

}  // namespace pf::control
