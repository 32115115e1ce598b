#include "host/stream/speed_train.h"

#include <algorithm>
#include <utility>

#include "core/wire/media_header.h"
#include "host/stream/thread_name.h"

namespace pf::host {
namespace {

constexpr Duration tick = milliseconds{1};
constexpr std::size_t most_at_once = 64;  // packets; a path sees nothing larger from a stream either
constexpr std::size_t ip_and_udp = 28;

}  // namespace

Result<std::unique_ptr<SpeedTrains>> SpeedTrains::create(const crypto::MediaKey& key, std::size_t datagram,
                                                         std::shared_ptr<session::PacketSink> sink, const Clock& clock,
                                                         OnSent on_sent) {
  auto sealer = crypto::PacketSealer::create(key);
  if (!sealer) return std::unexpected(sealer.error());
  return std::unique_ptr<SpeedTrains>(
      new SpeedTrains(std::move(*sealer), datagram, std::move(sink), clock, std::move(on_sent)));
}

SpeedTrains::SpeedTrains(crypto::PacketSealer sealer, std::size_t datagram, std::shared_ptr<session::PacketSink> sink,
                         const Clock& clock, OnSent on_sent)
    : sealer_(std::move(sealer)),
      datagram_(datagram),
      sink_(std::move(sink)),
      clock_(clock),
      on_sent_(std::move(on_sent)),
      burst_(most_at_once * datagram),
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
  name_this_thread("pf-speed");
  for (;;) {
    Train train;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return train_.has_value(); })) return;
      train = *train_;
    }
    const auto result = carry(train, stop);
    {
      const std::scoped_lock lock(mutex_);
      train_.reset();
    }
    on_sent_(result);
  }
}

wire::SpeedTestResult SpeedTrains::carry(const Train& train, const std::stop_token& stop) {
  const auto begun = clock_.now();
  const double packets_per_second =
      static_cast<double>(train.rate.bits_per_second) / 8 / static_cast<double>(datagram_ + ip_and_udp);
  wire::SpeedTestResult result;
  result.train = train.number;
  while (!stop.stop_requested()) {
    const auto elapsed = std::min<Duration>(clock_.now() - begun, train.length);
    const auto due = static_cast<std::uint64_t>(std::chrono::duration<double>(elapsed).count() * packets_per_second);
    if (due > result.packets)
      result.packets += static_cast<std::uint32_t>(
          send_burst(train.number, std::min<std::size_t>(due - result.packets, most_at_once)));
    if (elapsed >= train.length) break;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, tick, [] { return false; });
  }
  result.elapsed_us = static_cast<std::uint32_t>(
      std::chrono::duration_cast<microseconds>(std::max<Duration>(clock_.now() - begun, tick)).count());
  result.packet_size = static_cast<std::uint32_t>(datagram_ + ip_and_udp);
  return result;
}

// Returns how many were given to the socket; they count as sent even where it had no room for them.
std::size_t SpeedTrains::send_burst(std::uint32_t number, std::size_t packets) {
  wire::MediaHeader header;
  header.stream = wire::StreamKind::speed;
  header.frame = {number};
  header.timestamp_us = static_cast<std::uint32_t>(to_micros(clock_.now()));
  const auto burst = std::span(burst_).first(packets * datagram_);
  for (std::size_t at = 0; at < burst.size(); at += datagram_) {
    const auto packet = burst.subspan(at, datagram_);
    std::ranges::fill(packet, std::byte{0});
    if (!sealer_.seal(header, packet)) return at / datagram_;
  }
  (void)sink_->send(burst, datagram_);
  return packets;
}

}  // namespace pf::host
