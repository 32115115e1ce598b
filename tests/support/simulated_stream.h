// A whole stream over a bad network in one thread and on a clock of its own; an hour takes a minute.
#pragma once

#include <cstdint>
#include <vector>

#include "support/impairment.h"
#include "support/model_stream.h"

namespace pf::test {

struct SimulationOptions {
  Strategy strategy = Strategy::adaptive;
  std::uint64_t seed = 1;
  ImpairmentOptions to_client{};  // its seed is replaced
  ImpairmentOptions to_host{};
  Duration length = std::chrono::seconds{60};
  Bitrate floor = 1_mbps;
  Bitrate ceiling = 20_mbps;
};

/// What a stream was like at one moment.
struct StreamMoment {
  double at_s = 0;
  double encoder_mbps = 0;
  double capacity_mbps = 0;
  double queue_ms = 0;
  double parity = 0;
  double loss = 0;
  double worst_latency_ms = 0;
};

struct StreamResult {
  ModelHost::Counters host;
  ModelClient::Counters client;
  std::vector<StreamMoment> moments;  // every 100 ms

  [[nodiscard]] double latency_ms(double quantile) const;
  [[nodiscard]] double overhead() const;
  [[nodiscard]] double share_in_time() const;
};

[[nodiscard]] StreamMoment moment_of(double at_s, const ModelHost& host, double worst_latency_ms);

/// Deterministic for its options.
StreamResult simulate(const SimulationOptions& options);

}  // namespace pf::test
