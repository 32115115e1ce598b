#include "support/simulated_stream.h"

#include <algorithm>
#include <map>

namespace pf::test {
namespace {

constexpr Duration between_moments = milliseconds{100};

double mbps(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second) / 1e6;
}

double in_ms(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

ImpairmentOptions seeded(ImpairmentOptions options, std::uint64_t seed) {
  options.seed = seed;
  return options;
}

ModelOptions model_of(const SimulationOptions& options) {
  return {.strategy = options.strategy,
          .seed = options.seed,
          .floor = options.floor,
          .ceiling = options.ceiling,
          .one_way = options.to_client.delay,
          .round_trip = options.to_client.delay + options.to_host.delay};
}

/// One direction: what is on its way, by arrival.
class Wire {
 public:
  Wire(const ImpairmentOptions& options, const Clock& clock) : clock_(clock), network_(options, clock.now()) {}

  void carry(std::span<const std::byte> packet) {
    const auto fate = network_.offer(clock_.now(), packet.size());
    for (std::size_t copy = 0; copy < fate.copies; ++copy)
      on_the_way_.emplace(fate.arrivals[copy], Bytes(packet.begin(), packet.end()));
  }
  [[nodiscard]] TimePoint next() const { return on_the_way_.empty() ? TimePoint::max() : on_the_way_.begin()->first; }
  Bytes take() { return std::move(on_the_way_.extract(on_the_way_.begin()).mapped()); }

 private:
  const Clock& clock_;
  Impairment network_;
  std::multimap<TimePoint, Bytes> on_the_way_;
};

}  // namespace

double StreamResult::latency_ms(double quantile) const {
  auto sorted = client.added_latency_ms;
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(quantile * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  return sorted[static_cast<std::size_t>(at)];
}

double StreamResult::overhead() const {
  return static_cast<double>(host.wire_bytes) / static_cast<double>(std::max<std::uint64_t>(host.video_bytes, 1)) - 1;
}

double StreamResult::share_in_time() const {
  return static_cast<double>(client.in_time) / static_cast<double>(std::max<std::uint64_t>(host.frames, 1));
}

StreamMoment moment_of(double at_s, const ModelHost& host, double worst_latency_ms) {
  const auto& plan = host.plan();
  return {.at_s = at_s,
          .encoder_mbps = mbps(host.encoder_bitrate()),
          .capacity_mbps = mbps(plan.capacity),
          .queue_ms = in_ms(plan.queue),
          .parity = plan.parity,
          .loss = plan.loss.share,
          .worst_latency_ms = worst_latency_ms};
}

StreamResult simulate(const SimulationOptions& options) {
  ManualClock clock;
  const auto start = clock.now();
  const auto end = start + options.length;
  Wire to_client(seeded(options.to_client, options.seed), clock);
  Wire to_host(seeded(options.to_host, options.seed + 1), clock);
  ModelHost host(model_of(options), clock, [&](auto packet) { to_client.carry(packet); });
  ModelClient client(model_of(options), clock, [&](auto message) { to_host.carry(message); });

  StreamResult result;
  TimePoint host_due = start;
  TimePoint client_due = start;
  TimePoint note_due = start;
  for (;;) {
    const auto now =
        std::max(clock.now(), std::min({host_due, client_due, note_due, to_client.next(), to_host.next()}));
    if (now >= end) break;
    clock.advance(now - clock.now());
    if (to_client.next() <= now) {
      auto packet = to_client.take();
      client.receive(packet);
      client_due = client.advance();
    } else if (to_host.next() <= now) {
      host.receive(to_host.take());
    } else if (client_due <= now) {
      client_due = client.advance();
    } else if (host_due <= now) {
      host_due = host.advance();
    } else {
      note_due += between_moments;
      result.moments.push_back(
          moment_of(std::chrono::duration<double>(now - start).count(), host, client.take_worst_latency_ms()));
    }
  }
  result.host = host.counters();
  result.client = client.finish();
  return result;
}

}  // namespace pf::test
