#include "core/session/stream_adaptation.h"

#include <algorithm>
#include <cmath>

namespace pf::session {
namespace {

// Packets leave by so much faster than the link carries them, so that it stays busy and a faster one shows.
constexpr double pace_over_capacity = 1.25;
constexpr double pace_over_target = 1.5;
// Over the encoder's bitrate, while nothing is known of the link.
constexpr double pace_over_encoder = 4;

// Of the packets: what parity is made for while it is not known whether the link is full.
constexpr double trial_loss = 0.15;

double bits(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second);
}

Bitrate times(Bitrate rate, double factor) {
  return {static_cast<std::uint64_t>(std::llround(std::min(bits(rate) * factor, 1e15)))};
}

/// On the wire, for one bit of video: parity, headers and tags.
double wire_factor(double parity, std::size_t max_datagram) {
  return (1 + parity) * static_cast<double>(max_datagram) / static_cast<double>(max_datagram - wire::media_overhead);
}

}  // namespace

StreamAdaptation::StreamAdaptation(const Options& options)
    : options_(options), controller_({options.range.floor, options.range.ceiling}), policy_(options.fec) {
  plan_.encoder = options.range.ceiling;
  make_plan();
}

void StreamAdaptation::set_range(const Range& range) {
  options_.range = range;
  controller_.set_limits(limits());
  make_plan();
}

void StreamAdaptation::set_interval(Duration interval) {
  options_.interval = interval;
}

rate::BitrateController::Limits StreamAdaptation::limits() const {
  const double factor = wire_factor(plan_.parity, options_.max_datagram);
  return {.floor = times(options_.range.floor, factor), .ceiling = times(options_.range.ceiling, factor)};
}

void StreamAdaptation::on_feedback(TimePoint now, const wire::Feedback& feedback) {
  heard_ = true;
  const auto report = reader_.read(feedback);
  if (!report) return;
  controller_.on_report(now, *report);
  now_ = now;
  learn(*report);
  make_plan();
}

// Parity against what a full queue drops would fill it more.
void StreamAdaptation::learn(const rate::PathReport& report) {
  using State = rate::BitrateController::State;
  const auto state = controller_.state(now_);
  const auto known = loss_.model();
  const double most = state == State::queueing     ? known.share
                      : state == State::loss_trial ? std::max(known.share, trial_loss)
                                                   : 1;
  const double lost = std::min(report.lost, most * (report.received + report.lost));
  const double runs = lost < report.lost ? lost / known.mean_run : report.runs;
  loss_.on_interval(report.received, lost, runs, report.length);
}

void StreamAdaptation::on_loss(double received, double lost, Duration length) {
  if (heard_) return;
  loss_.on_interval(received, lost, lost, length);
  make_plan();
}

void StreamAdaptation::make_plan() {
  plan_.loss = loss_.model();
  policy_.set_loss(plan_.loss);
  const double frame_bits = bits(plan_.encoder) * std::chrono::duration<double>(options_.interval).count();
  const auto shard_bits = 8 * static_cast<double>(options_.max_datagram - wire::media_overhead);
  const auto shards = static_cast<std::size_t>(std::clamp(frame_bits / shard_bits, 1.0, 60'000.0));
  plan_.parity = static_cast<double>(policy_.parity_for(shards)) / static_cast<double>(shards);
  controller_.set_limits(limits());

  const auto target = controller_.target();
  const auto& range = options_.range;
  plan_.encoder = std::clamp(times(target, 1 / wire_factor(plan_.parity, options_.max_datagram)),
                             std::min(range.floor, range.ceiling), range.ceiling);
  plan_.capacity = controller_.capacity(now_);
  plan_.queue = controller_.queue();
  const bool known = plan_.capacity.bits_per_second > 0;
  plan_.link = {.rate = known ? std::max(times(plan_.capacity, pace_over_capacity), times(target, pace_over_target))
                              : times(plan_.encoder, pace_over_encoder),
                .known = known,
                .strained = controller_.strained(now_)};
}

}  // namespace pf::session
