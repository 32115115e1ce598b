#include "host/stream/session_figures.h"

#include <algorithm>
#include <array>
#include <limits>

namespace pf::host {
namespace {

using session::Stage;
constexpr std::array measured_here{Stage::capture, Stage::queue,     Stage::convert,
                                   Stage::encode,  Stage::packetise, Stage::transmit};

std::uint32_t to_u32(microseconds d) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(d.count(), 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

CounterFigures figures_of(const SessionCounters& counters) {
  return {.frames_captured = counters.frames_captured,
          .frames_encoded = counters.frames_encoded,
          .frames_dropped = counters.frames_dropped,
          .keyframes = counters.keyframes,
          .repairs = counters.repairs,
          .packets_sent = counters.packets_sent,
          .bytes_sent = counters.bytes_sent,
          .send_failures = counters.send_failures,
          .audio_packets = counters.audio_packets,
          .input_events = counters.input_events};
}

std::vector<StageStatus> host_stages(const session::StageStats& stages) {
  std::vector<StageStatus> out;
  out.reserve(measured_here.size());
  for (const auto stage : measured_here) out.push_back({stage, stages.figures(stage)});
  return out;
}

wire::HostStats host_stats(const SessionCounters& counters, const session::StageStats& stages) {
  wire::HostStats stats;
  for (const auto& [stage, figures] : host_stages(stages))
    stats.stages.push_back({.name = std::string(session::to_string(stage)),
                            .p50_us = to_u32(figures.p50),
                            .p99_us = to_u32(figures.p99),
                            .max_us = to_u32(figures.max),
                            .count = figures.count});
  stats.frames_captured = counters.frames_captured;
  stats.frames_encoded = counters.frames_encoded;
  stats.frames_dropped = counters.frames_dropped;
  stats.packets_sent = counters.packets_sent;
  stats.bytes_sent = counters.bytes_sent;
  return stats;
}

double loss_share(const wire::ClientStats& stats) {
  const double all = static_cast<double>(stats.packets_received) + stats.packets_lost;
  return all > 0 ? stats.packets_lost / all : 0;
}

}  // namespace pf::host
