#include "client/probe/measurements.h"

#include <algorithm>
#include <cmath>

namespace pf::client {
namespace {

using session::Stage;
namespace json = boost::json;

// What the client measures a frame at a time, in the order of a frame's way; the host reports the other two.
constexpr Stage host_side[] = {Stage::capture, Stage::queue, Stage::convert, Stage::encode};
constexpr Stage client_side[] = {Stage::wire, Stage::recover, Stage::decode};

double to_ms(Duration d) {
  return std::round(std::chrono::duration<double, std::milli>(d).count() * 1000) / 1000;
}

json::object figures_of(const session::StageStats::Figures& figures) {
  return {{"p50_us", figures.p50.count()}, {"p99_us", figures.p99.count()}, {"max_us", figures.max.count()}};
}

double per_second(std::uint64_t count, Duration span) {
  const double seconds = std::chrono::duration<double>(span).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

}  // namespace

std::optional<Duration> Measurements::add(const session::ReceivedUnit& unit, std::optional<TimePoint> captured,
                                          Duration decode, TimePoint decoded) {
  const auto& times = unit.prefix.times;
  stages_.record(Stage::capture, times.capture);
  stages_.record(Stage::queue, times.queue);
  stages_.record(Stage::convert, times.convert);
  stages_.record(Stage::encode, times.encode);
  stages_.record(Stage::recover, unit.recover);
  stages_.record(Stage::decode, decode);
  std::optional<Duration> end_to_end;
  if (captured) {
    const auto sealed = *captured + microseconds{16} * unit.first_send_delay;
    stages_.record(Stage::wire, std::max(Duration{0}, unit.completed - sealed));
    end_to_end = std::max(Duration{0}, decoded - *captured);
    stages_.record(Stage::end_to_end, *end_to_end);
  }
  const std::lock_guard lock(mutex_);
  if (!first_frame_) {
    first_frame_ = decoded;
    span_began_ = decoded;
  }
  if (last_frame_) span_gap_ = std::max(span_gap_, decoded - *last_frame_);
  last_frame_ = decoded;
  ++frames_;
  bytes_ += unit.data.size();
  return end_to_end;
}

void Measurements::add(const wire::HostStats& stats) {
  const std::lock_guard lock(mutex_);
  host_ = stats;
  cpu_permille_sum_ += stats.cpu_permille;
  ++cpu_samples_;
}

void Measurements::begin_span(TimePoint now) {
  const std::lock_guard lock(mutex_);
  span_began_ = now;
  span_frames_ = frames_;
  span_gap_ = Duration{0};
  span_bytes_ = bytes_;
}

Measurements::Span Measurements::end_span(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto span = now - span_began_;
  return {per_second(frames_ - span_frames_, span), per_second((bytes_ - span_bytes_) * 8, span) / 1e6,
          frames_ - span_frames_, last_frame_ ? std::max(span_gap_, now - *last_frame_) : span};
}

std::optional<Duration> Measurements::time_to_first_frame() const {
  const std::lock_guard lock(mutex_);
  if (!first_frame_) return std::nullopt;
  return *first_frame_ - began_;
}

json::object Measurements::report(const Mode& asked, const control::LinkStats& link,
                                  std::uint64_t queue_overflows) const {
  const std::lock_guard lock(mutex_);
  json::object stages;
  for (const auto stage : host_side) stages[session::to_string(stage)] = figures_of(stages_.figures(stage));
  for (const auto* name : {"packetise", "transmit"}) {
    if (!host_) continue;
    for (const auto& stage : host_->stages) {
      if (stage.name == name)
        stages[name] = json::object{{"p50_us", stage.p50_us}, {"p99_us", stage.p99_us}, {"max_us", stage.max_us}};
    }
  }
  for (const auto stage : client_side) stages[session::to_string(stage)] = figures_of(stages_.figures(stage));
  const auto latency = stages_.figures(Stage::end_to_end);

  json::object report{
      {"fps_asked", asked.refresh_mhz / 1000.0},
      {"frames_decoded", frames_},
      {"frames_recovered", link.video.frames_recovered},
      {"frames_lost", link.video.frames_lost},
      {"losses_repaired", link.video.repairs},
      {"losses_refreshed", link.video.refreshes},
      {"losses_restarted", link.video.restarts},
      {"frames_dropped_by_client", queue_overflows},
      {"packets_received", link.video.packets_received},
      // At the end of a stream there is no telling late from lost, and nobody waits any more.
      {"packets_lost", link.video.packets_expected - link.video.packets_received},
      {"packets_rejected", link.video.packets_rejected},
      {"audio_packets_received", link.audio.packets_received},
      {"audio_packets_restored", link.audio.restored_from_copies},
      {"latency_ms", {{"p50", to_ms(latency.p50)}, {"p99", to_ms(latency.p99)}, {"max", to_ms(latency.max)}}},
      {"stages", std::move(stages)},
  };
  report["time_to_first_frame_ms"] = first_frame_ ? json::value(to_ms(*first_frame_ - began_)) : json::value(nullptr);
  report["round_trip_ms"] = link.round_trip ? json::value(to_ms(*link.round_trip)) : json::value(nullptr);
  if (host_) {
    report["packets_sent"] = host_->packets_sent;
    report["bytes_sent"] = host_->bytes_sent;
    report["frames_captured"] = host_->frames_captured;
    report["frames_encoded"] = host_->frames_encoded;
    report["host_cpu_percent"] = std::round(cpu_permille_sum_ / static_cast<double>(cpu_samples_)) / 10;
    report["host_rss_mib"] = std::round(host_->rss_kib / 102.4) / 10;
  }
  return report;
}

}  // namespace pf::client
