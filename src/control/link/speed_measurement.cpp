#include "control/link/speed_measurement.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/base/version.h"
#include "core/crypto/cipher_choice.h"
#include "core/wire/media_header.h"
#include "core/wire/utf8.h"

namespace pf::control {
namespace {

constexpr milliseconds ping_every{20};
constexpr milliseconds idle_first{200};  // of pings alone
constexpr milliseconds stragglers{50};   // that a queue on the way may still hold, besides what it was seen to hold
constexpr milliseconds pause{50};        // in which it empties
constexpr milliseconds answer_limit{5000};
constexpr milliseconds longest_trip{10'000};
constexpr std::size_t ip_and_udp = 28;

}  // namespace

SpeedMeasurement::SpeedMeasurement(const SpeedOptions& options, const Clock& clock, After after, Done done)
    : options_(options),
      clock_(clock),
      after_(std::move(after)),
      done_(std::move(done)),
      search_(options.length, options.ceiling) {}

void SpeedMeasurement::begin(const std::shared_ptr<QuicConnection>& connection) {
  if (finished_) return;  // the host has hung up already
  connection_ = connection;
  write(wire::Hello{
      .client_name = options_.client_name, .software = software_name(), .codecs = {}, .ciphers = options_.ciphers});
  expect_answer();
}

// Trains are sealed as a stream would be, so that what opening costs this machine is measured as well.
Result<void> SpeedMeasurement::open_packets(MediaCipher cipher) {
  if (auto ok = crypto::check_choice(options_.ciphers, cipher); !ok) return ok;
  const auto secret = connection_->media_secret();
  if (!secret) return std::unexpected(secret.error());
  auto opener = crypto::PacketOpener::create(
      crypto::derive_media_key(*secret, wire::StreamKind::speed, crypto::Direction::host_to_client, cipher),
      wire::StreamKind::speed);
  if (!opener) return std::unexpected(opener.error());
  const std::lock_guard lock(mutex_);
  opener_.emplace(std::move(*opener));
  return {};
}

void SpeedMeasurement::on_welcome(const wire::Welcome& welcome) {
  if (!connection_) return finish(fail(ErrorCode::malformed, "the host answered before it was asked"));
  if (auto opened = open_packets(welcome.cipher); !opened) return finish(std::unexpected(opened.error()));
  ++answers_;
  ping();
  after(idle_first, [this] { send_train(); });
}

void SpeedMeasurement::call_off() {
  finish(fail(ErrorCode::closed, "the measurement was called off"));
}

void SpeedMeasurement::receive(std::span<std::byte> packet, TimePoint arrival) {
  const auto header = wire::parse_media_header(packet);
  if (!header || header->stream != wire::StreamKind::speed) return;
  const std::lock_guard lock(mutex_);
  const auto opened = opener_ ? opener_->open(packet) : fail(ErrorCode::invalid_argument, "no key yet");
  if (opened && opened->header.frame.value == train_)
    meter_.arrived(arrival, opened->header.timestamp_us, packet.size() + ip_and_udp);
}

void SpeedMeasurement::on_bytes(QuicConnection&, Channel, std::span<const std::byte> bytes) {
  const auto understood = messages_.push(bytes, [this](const wire::ControlMessage& message) { on_message(message); });
  if (!understood)
    finish(fail(ErrorCode::malformed, "the host speaks another protocol: " + understood.error().message));
}

void SpeedMeasurement::on_datagram(QuicConnection&, std::span<const std::byte> bytes, TimePoint arrival) {
  const auto datagram = wire::decode_datagram(bytes);
  if (!datagram || !*datagram) return;
  if (const auto* pong = std::get_if<wire::ClockPong>(&**datagram)) on_pong(*pong, arrival);
}

void SpeedMeasurement::on_closed(QuicConnection&, const CloseReason& reason) {
  finish(fail(ErrorCode::closed, "the host closed the connection" + (reason.text.empty() ? "" : ": " + reason.text)));
  connection_.reset();
}

void SpeedMeasurement::write(const wire::ControlMessage& message) {
  if (connection_) (void)connection_->send(Channel::control, wire::encode_control(message));
}

void SpeedMeasurement::on_message(const wire::ControlMessage& message) {
  if (finished_) return;
  if (const auto* refusal = std::get_if<wire::Refusal>(&message)) {
    finish(fail(refusal->code == wire::RefusalCode::not_paired ? ErrorCode::unauthenticated : ErrorCode::refused,
                wire::printable(refusal->text)));
  } else if (const auto* goodbye = std::get_if<wire::Goodbye>(&message)) {
    finish(fail(ErrorCode::closed,
                goodbye->text.empty() ? "the host ended the connection" : wire::printable(goodbye->text)));
  } else if (const auto* welcome = std::get_if<wire::Welcome>(&message);
             welcome != nullptr && !std::exchange(welcome_, true)) {
    on_welcome(*welcome);
  } else if (const auto* sent = std::get_if<wire::SpeedTestResult>(&message); sent != nullptr && under_way_) {
    on_sent(*sent);
  }
}

void SpeedMeasurement::on_sent(const wire::SpeedTestResult& sent) {
  if (!sent.text.empty()) return finish(fail(ErrorCode::refused, wire::printable(sent.text)));
  if (sent.train != train_number_) return;
  ++answers_;
  under_way_ = false;
  // What the full path still holds comes later than this message, which has overtaken it or waited with it.
  after(stragglers, [this, sent] { conclude(sent); });
}

// Each ping is answered once at most, and not before it was sent.
void SpeedMeasurement::on_pong(const wire::ClockPong& pong, TimePoint arrival) {
  if (pong.id <= pong_ || pong.id > ping_ || pong.client_send_us > to_micros(arrival)) return;
  const auto trip = to_micros(arrival) - pong.client_send_us;
  if (trip > static_cast<std::uint64_t>(microseconds{longest_trip}.count())) return;
  pong_ = pong.id;
  (under_way_ ? loaded_trips_ : idle_trips_).push_back(microseconds{static_cast<std::int64_t>(trip)});
}

void SpeedMeasurement::send_train() {
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

void SpeedMeasurement::conclude(const wire::SpeedTestResult& sent) {
  rate::TrainOutcome outcome{
      .packets_sent = sent.packets,
      .sent = rate::rate_of(std::uint64_t{sent.packets} * sent.packet_size, microseconds{sent.elapsed_us}),
      .arrived = {}};
  {
    const std::lock_guard lock(mutex_);
    outcome.arrived = meter_.figures();
    train_ = 0;
  }
  search_.add(outcome);
  after(pause, [this] { send_train(); });
}

void SpeedMeasurement::conclude_all() {
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

void SpeedMeasurement::ping() {
  if (!connection_) return;
  connection_->send_datagram(wire::encode_datagram(wire::ClockPing{++ping_, to_micros(clock_.now())}));
  after(ping_every, [this] { ping(); });
}

void SpeedMeasurement::expect_answer() {
  after(answer_limit, [this, before = answers_] {
    if (answers_ == before)
      finish(fail(ErrorCode::timeout, "the host does not answer; a host older than this client knows no speed test"));
  });
}

void SpeedMeasurement::after(milliseconds delay, std::function<void()> task) {
  after_(
      [this, task = std::move(task)] {
        if (!finished_) task();
      },
      delay);
}

void SpeedMeasurement::finish(Result<SpeedFigures> figures) {
  if (std::exchange(finished_, true)) return;
  if (connection_) {
    write(wire::Goodbye{wire::GoodbyeReason::user, ""});
    connection_->close(0, "goodbye");
  }
  done_(std::move(figures));
}

}  // namespace pf::control
