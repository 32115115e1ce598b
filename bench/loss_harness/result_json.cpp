#include "loss_harness/result_json.h"

#include <fmt/format.h>

namespace pf::bench {
namespace {

std::string moments_json(const std::vector<test::StreamMoment>& moments) {
  std::string out;
  for (const auto& moment : moments)
    out += fmt::format(
        R"({}{{"at_s":{:.2f},"encoder_mbps":{:.3f},"capacity_mbps":{:.3f},"queue_ms":{:.2f},"parity":{:.3f},"loss":{:.4f},"worst_latency_ms":{:.2f}}})",
        out.empty() ? "" : ",", moment.at_s, moment.encoder_mbps, moment.capacity_mbps, moment.queue_ms, moment.parity,
        moment.loss, moment.worst_latency_ms);
  return out;
}

}  // namespace

std::string to_json(const Label& label, const test::StreamResult& result) {
  const auto& host = result.host;
  const auto& client = result.client;
  return fmt::format(
      R"({{"mode":"{}","sweep":"{}","value":{},"case":"{}","strategy":"{}","seconds":{:.1f},)"
      R"("frames":{},"delivered":{},"in_time":{},"in_time_share":{:.6f},"lost":{},"keyframes":{},)"
      R"("stalls_over_100_ms":{},"longest_stall_ms":{:.1f},"added_latency_p50_ms":{:.2f},"added_latency_p99_ms":{:.2f},)"
      R"("video_mbps":{:.3f},"overhead":{:.4f},"moments":[{}]}})",
      label.mode, label.sweep, label.value, label.name, test::to_string(label.strategy), label.seconds, host.frames,
      client.delivered, client.in_time, result.share_in_time(), client.lost, host.keyframes, client.stalls,
      std::chrono::duration<double, std::milli>(client.longest_stall).count(), result.latency_ms(0.5),
      result.latency_ms(0.99), static_cast<double>(host.video_bytes) * 8e-6 / label.seconds, result.overhead(),
      label.with_moments ? moments_json(result.moments) : "");
}

}  // namespace pf::bench
