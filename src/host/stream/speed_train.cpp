#include "host/stream/speed_train.h"

#include <algorithm>
#include <utility>

#include "core/base/thread.h"
#include "core/wire/media_header.h"

namespace pf::host {
namespace {

constexpr Duration tick = milliseconds{1};
constexpr std::size_t most_at_once = 64;  // packets; a path sees nothing larger from a stream either
constexpr std::size_t ip_and_udp = 28;

}  // namespace

TrainSender::TrainSender(crypto::PacketSealer sealer, std::size_t datagram, std::shared_ptr<session::PacketSink> sink)
    : sealer_(std::move(sealer)), datagram_(datagram), sink_(std::move(sink)), burst_(most_at_once * datagram) {}

void TrainSender::begin(const Train& train, TimePoint now) {
  train_ = train;
  begun_ = now;
  sent_ = 0;
}

bool TrainSender::advance(TimePoint now) {
  const double packets_per_second =
      static_cast<double>(train_.rate.bits_per_second) / 8 / static_cast<double>(datagram_ + ip_and_udp);
  const auto elapsed = std::min<Duration>(now - begun_, train_.length);
  const auto due = static_cast<std::uint64_t>(std::chrono::duration<double>(elapsed).count() * packets_per_second);
  // All of it, however late this is: a train at less than its rate would measure the sender.
  while (due > sent_) {
    const auto sent = send_burst(std::min<std::size_t>(due - sent_, most_at_once), now);
    if (sent == 0) return false;  // nothing can be sealed any more
    sent_ += static_cast<std::uint32_t>(sent);
  }
  return elapsed < train_.length;
}

wire::SpeedTestResult TrainSender::result(TimePoint now) const {
  wire::SpeedTestResult result;
  result.train = train_.number;
  result.packets = sent_;
  result.packet_size = static_cast<std::uint32_t>(datagram_ + ip_and_udp);
  result.elapsed_us = static_cast<std::uint32_t>(
      std::chrono::duration_cast<microseconds>(std::max<Duration>(now - begun_, tick)).count());
  return result;
}

// Returns how many were given to the socket; they count as sent even where it had no room for them.
std::size_t TrainSender::send_burst(std::size_t packets, TimePoint now) {
  wire::MediaHeader header;
  header.stream = wire::StreamKind::speed;
  header.frame = {train_.number};
  header.timestamp_us = static_cast<std::uint32_t>(to_micros(now));
  const auto burst = std::span(burst_).first(packets * datagram_);
  for (std::size_t at = 0; at < burst.size(); at += datagram_) {
    const auto packet = burst.subspan(at, datagram_);
    std::ranges::fill(packet, std::byte{0});
    if (!sealer_.seal(header, packet)) return at / datagram_;
  }
  (void)sink_->send(burst, datagram_);
  return packets;
}

Result<std::unique_ptr<SpeedTrains>> SpeedTrains::create(const crypto::MediaKey& key, std::size_t datagram,
                                                         std::shared_ptr<session::PacketSink> sink, const Clock& clock,
                                                         OnSent on_sent) {
  auto sealer = crypto::PacketSealer::create(key);
  if (!sealer) return std::unexpected(sealer.error());
  return std::unique_ptr<SpeedTrains>(
      new SpeedTrains({std::move(*sealer), datagram, std::move(sink)}, clock, std::move(on_sent)));
}

SpeedTrains::SpeedTrains(TrainSender sender, const Clock& clock, OnSent on_sent)
    : sender_(std::move(sender)),
      clock_(clock),
      on_sent_(std::move(on_sent)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

SpeedTrains::~SpeedTrains() {
  thread_.request_stop();
  thread_.join();
}

bool SpeedTrains::send(const Train& train) {
  const std::scoped_lock lock(mutex_);
  if (train_) return false;
  train_ = train;
  changed_.notify_one();
  return true;
}

void SpeedTrains::run(const std::stop_token& stop) {
  begin_thread("pf-speed");
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return train_.has_value(); })) return;
      sender_.begin(*train_, clock_.now());
    }
    carry(stop);
    const auto result = sender_.result(clock_.now());
    {
      const std::scoped_lock lock(mutex_);
      train_.reset();
    }
    on_sent_(result);
  }
}

void SpeedTrains::carry(const std::stop_token& stop) {
  while (!stop.stop_requested() && sender_.advance(clock_.now())) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, tick, [] { return false; });
  }
}

}  // namespace pf::host
