#include "client/play/figure_meter.h"

#include <algorithm>

namespace pf::client {
namespace {

std::optional<Duration> quantile(const session::Histogram& histogram, double share) {
  if (histogram.count() == 0) return std::nullopt;
  return histogram.quantile(share);
}

}  // namespace

void FigureMeter::decoded(const session::ReceivedUnit& unit, std::optional<TimePoint> captured, Duration decode) {
  const auto& times = unit.prefix.times;
  const std::lock_guard lock(mutex_);
  ++decoded_;
  bytes_ += unit.data.size();
  capture_.record(times.capture);
  encode_.record(times.queue + times.convert + times.encode);
  decode_.record(decode);
  if (captured) {
    const auto sealed = *captured + microseconds{16} * unit.first_send_delay;
    network_.record(std::max(Duration{0}, unit.completed - sealed));
  }
}

void FigureMeter::shown(std::optional<TimePoint> captured, TimePoint decoded, TimePoint shown) {
  const std::lock_guard lock(mutex_);
  ++shown_;
  present_.record(shown - decoded);
  if (captured) latency_.record(std::max(Duration{0}, shown - *captured));
}

std::optional<StreamFigures> FigureMeter::take(const control::LinkStats& link, TimePoint now, Duration least) {
  const std::lock_guard lock(mutex_);
  const auto span = now - began_;
  if (span <= Duration{0} || span < least) return std::nullopt;
  const double seconds = std::chrono::duration<double>(span).count();
  StreamFigures figures;
  figures.fps = static_cast<double>(shown_) / seconds;
  figures.decoded_fps = static_cast<double>(decoded_) / seconds;
  figures.mbit_per_second = static_cast<double>(bytes_) * 8 / seconds / 1e6;
  figures.packet_loss = loss_.take(link.video).share();
  figures.frames_recovered = link.video.frames_recovered;
  figures.frames_lost = link.video.frames_lost;
  figures.repairs = link.video.repairs;
  figures.refreshes = link.video.refreshes;
  figures.restarts = link.video.restarts;
  figures.round_trip = link.round_trip;
  figures.stages = {quantile(capture_, 0.5), quantile(encode_, 0.5), quantile(network_, 0.5), quantile(decode_, 0.5),
                    quantile(present_, 0.5)};
  figures.latency_p50 = quantile(latency_, 0.5);
  figures.latency_p99 = quantile(latency_, 0.99);
  began_ = now;
  decoded_ = shown_ = bytes_ = 0;
  for (auto* histogram : {&capture_, &encode_, &network_, &decode_, &present_, &latency_}) histogram->clear();
  return figures;
}

void FigureMeter::restart() {
  const std::lock_guard lock(mutex_);
  loss_ = {};
}

}  // namespace pf::client
