#include "host/stream/session_figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace pf::host {
namespace {

using session::Stage;
constexpr std::array measured_here{Stage::capture, Stage::queue,     Stage::convert,
                                   Stage::encode,  Stage::packetise, Stage::transmit};

std::uint32_t to_u32(microseconds d) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(d.count(), 0, std::numeric_limits<std::uint32_t>::max()));
}

std::uint32_t permille(double share) {
  return static_cast<std::uint32_t>(std::lround(share * 1000));
}

}  // namespace

CounterFigures figures_of(const SessionCounters& counters) {
  return {.frames_captured = counters.frames_captured,
          .frames_encoded = counters.frames_encoded,
          .frames_dropped = counters.frames_dropped,
          .keyframes = counters.keyframes,
          .repairs = counters.repairs,
          .refreshes = counters.refreshes,
          .packets_sent = counters.packets_sent,
          .bytes_sent = counters.bytes_sent,
          .send_failures = counters.send_failures,
          .audio_packets = counters.audio_packets,
          .input_events = counters.input_events};
}

LinkFigures link_figures(const session::StreamAdaptation::Plan& plan) {
  return {.target = plan.encoder,
          .capacity = plan.capacity,
          .parity = plan.parity,
          .loss = plan.loss.share,
          .queue = std::chrono::duration_cast<microseconds>(plan.queue)};
}

std::vector<StageStatus> host_stages(const session::StageStats& stages) {
  std::vector<StageStatus> out;
  out.reserve(measured_here.size());
  for (const auto stage : measured_here) out.push_back({stage, stages.figures(stage)});
  return out;
}

wire::HostStats host_stats(const SessionCounters& counters, const session::StageStats& stages,
                           const session::StreamAdaptation::Plan& plan) {
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
  stats.target = plan.encoder;
  stats.capacity = plan.capacity;
  stats.parity_permille = permille(plan.parity);
  stats.loss_permille = permille(plan.loss.share);
  stats.queue_us = to_u32(std::chrono::duration_cast<microseconds>(plan.queue));
  return stats;
}

}  // namespace pf::host
