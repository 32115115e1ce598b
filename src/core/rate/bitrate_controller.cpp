#include "core/rate/bitrate_controller.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pf::rate {
namespace {

using std::chrono::seconds;

// --- the queue ---
constexpr double least_threshold_ms = 6;  // of delay, above which a queue counts
constexpr double most_threshold_ms = 40;
constexpr double noise_factor = 4;
constexpr double flat_ms = 1;              // a change below it is none
constexpr double alarm_ms = 60;            // over the threshold: no second report is waited for
constexpr milliseconds settling{300};      // after a cut, until its losses are all known
constexpr milliseconds between_cuts{120};  // and the queue: until a cut may show
constexpr milliseconds longest_wait{500};
constexpr milliseconds cuts_show{400};  // in a queue of ours
constexpr double as_before = 0.2;
constexpr double usual_weight = 0.2;  // of a report, in what the queue usually is

// --- down ---
constexpr double least_factor = 0.5;
constexpr double most_factor = 0.85;
constexpr double drain_seconds = 0.25;  // in which a queue is to be gone

// --- up, per second ---
constexpr double quick = 1.6;  // e-folds: 17% in 100 ms
constexpr double first_step = 0.03;
constexpr double largest_step = 0.9;  // 9% in 100 ms
constexpr double step_growth = 1.4;   // e-folds of the step
constexpr double below_full = 0.92;   // of what the link carried when it was full
constexpr double below_trains = 0.95;
constexpr seconds full_is_known{30};
constexpr seconds trains_are_doubted{20};
constexpr double trains_differ = 1.15;  // a bucket that passes a part of each train still shows
constexpr double still_arrives = 0.75;  // of what is sent, where the link is not full
constexpr double unused_share = 0.6;    // of the target: who sends less than that doesn't test the link

// --- loss ---
constexpr double ordinary_loss = 0.10;
constexpr milliseconds trial{450};
constexpr double still_lost = 0.7;  // of what was lost before: the rate makes no difference
constexpr double margin = 1.4;
constexpr double loss_memory = 0.15;  // seconds
constexpr double forgive = 30;        // seconds
constexpr milliseconds gap{500};      // without a report

constexpr double sending_memory = 0.2;  // seconds

double in_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}
double in_ms(Duration d) {
  return in_seconds(d) * 1e3;
}
double bits(Bitrate rate) {
  return static_cast<double>(rate.bits_per_second);
}
Bitrate rounded(double bits_per_second) {
  return {static_cast<std::uint64_t>(std::llround(std::clamp(bits_per_second, 0.0, 1e15)))};
}

}  // namespace

BitrateController::BitrateController(const Limits& limits)
    : floor_(bits(limits.floor)),
      ceiling_(bits(limits.ceiling)),
      target_(ceiling_),
      step_(first_step),
      tolerated_(ordinary_loss) {
  set_limits(limits);
}

void BitrateController::set_limits(const Limits& limits) {
  const bool at_ceiling = target_ >= ceiling_;
  ceiling_ = bits(limits.ceiling);
  floor_ = std::min(bits(limits.floor), ceiling_);
  set_target(at_ceiling ? ceiling_ : target_);
}

void BitrateController::set_target(double bits_per_second) {
  target_ = std::clamp(bits_per_second, floor_, ceiling_);
}

Bitrate BitrateController::target() const {
  return rounded(target_);
}

bool BitrateController::strained(TimePoint now) const {
  return cut_at_ && now - *cut_at_ < seconds{3};
}

BitrateController::State BitrateController::state(TimePoint now) const {
  if (queueing_ || (cut_at_ && now - *cut_at_ < settling)) return State::queueing;
  return loss_trial_ ? State::loss_trial : State::clear;
}

bool BitrateController::known_full(TimePoint now) const {
  return full_at_ > 0 && cut_at_ && now - *cut_at_ < full_is_known;
}

std::optional<double> BitrateController::trusted_trains() const {
  return trains_were_right_ ? trains_.bits_per_second() : std::nullopt;
}

Bitrate BitrateController::capacity(TimePoint now) const {
  if (const auto trains = trusted_trains()) return rounded(*trains);
  return known_full(now) ? rounded(full_at_) : Bitrate{};
}

void BitrateController::on_sent(TimePoint now, std::size_t bytes) {
  const double passed = std::max(0.0, in_seconds(now - std::exchange(sent_at_, now)));
  sending_ = sending_ * std::exp(-passed / sending_memory) + static_cast<double>(bytes) * 8 / sending_memory;
}

// Who sends much less than the target doesn't fill the link, and doesn't learn what it carries.
bool BitrateController::unused() const {
  return sending_ < unused_share * target_;
}

// A target that nobody uses fills no queue, as long as what is sent arrives.
bool BitrateController::queue_of_others() const {
  return unused() && arriving_ > still_arrives * sending_ * (1 - missing_);
}

void BitrateController::on_report(TimePoint now, const PathReport& report) {
  if (report.length <= Duration{0}) {
    if (report.frames) queue_.on_delay(now, report.least_delay_us);
    return;
  }
  measure(report);
  if (!trains_were_right_ && now - trains_judged_ > trains_are_doubted) trains_were_right_ = true;
  const auto queue = judge_queue(now, report);
  queueing_ = queue != Queue::idle;
  if (report.length > gap && report.missing() > 0.5) {
    // An outage: whatever comes after it begins with care.
    set_target(target_ / 2);
    step_ = first_step;
    return;
  }
  if (queue == Queue::growing) {
    // What was sent before the last cut has to come out of the queue first.
    const Duration wait = between_cuts + std::min<Duration>(queue_.now(), longest_wait);
    const bool due = !cut_at_ || now - *cut_at_ >= wait;
    if (due && !queue_of_others()) {
      if (path_has_changed(now))
        follow_path();
      else
        cut(now);
    }
  } else if (queue == Queue::idle) {
    judge_loss(now);
    if (!loss_trial_) grow(now, in_seconds(report.length));
  }
}

void BitrateController::measure(const PathReport& report) {
  const double length = in_seconds(report.length);
  recent_[next_++ % recent_.size()] = {.bits = report.bytes * 8, .seconds = length};
  Arrivals all;
  for (const auto& one : recent_) {
    all.bits += one.bits;
    all.seconds += one.seconds;
  }
  arriving_ = all.rate();
  arriving_now_ = report.bytes * 8 / length;
  trains_.on_trains(report.train_bytes, report.train_time);
  const double kept = std::exp(-length / loss_memory);
  missing_ = missing_ * kept + report.missing() * (1 - kept);
  tolerated_ = ordinary_loss + (tolerated_ - ordinary_loss) * std::exp(-length / forgive);
}

BitrateController::Queue BitrateController::judge_queue(TimePoint now, const PathReport& report) {
  if (report.frames) queue_.on_delay(now, report.least_delay_us);
  const double delay = in_ms(queue_.now());
  const double threshold =
      std::clamp(least_threshold_ms + noise_factor * noise_ms_, least_threshold_ms, most_threshold_ms);
  const double change = delay - std::exchange(last_queue_ms_, delay);
  usual_queue_ms_ += (delay - usual_queue_ms_) * usual_weight;
  if (level_ && usual_queue_ms_ > level_->usual_queue_ms * (1 + as_before)) level_ = {now, usual_queue_ms_};
  if (delay <= threshold) {
    noise_ms_ += (std::abs(change) - noise_ms_) * 0.05;
    growing_reports_ = 0;
    level_.reset();
    return Queue::idle;
  }
  if (change < -flat_ms || !report.frames) {
    growing_reports_ = 0;
    return Queue::waiting;
  }
  ++growing_reports_;
  return growing_reports_ >= 2 || delay > threshold + alarm_ms ? Queue::growing : Queue::waiting;
}

// A queue of ours gets shorter when less is sent. One that doesn't, though all that is sent arrives, is no queue: the
// way has become longer, or takes now this long and now that.
bool BitrateController::path_has_changed(TimePoint now) const {
  if (!level_ || arriving_ <= still_arrives * sending_ * (1 - missing_)) return false;
  const bool flat = std::abs(last_queue_ms_ - queue_at_cut_ms_) < 2 * flat_ms + noise_ms_ && growing_reports_ > 3;
  const bool stayed = now - level_->at >= cuts_show && usual_queue_ms_ > level_->usual_queue_ms * (1 - as_before);
  return flat || stayed;
}

void BitrateController::follow_path() {
  noise_ms_ = std::max(noise_ms_, usual_queue_ms_ / noise_factor);
  queue_.forget();
  usual_queue_ms_ = 0;
  level_.reset();
}

void BitrateController::cut(TimePoint now) {
  // While a queue grows, what arrives is what the link carries; but a receiver that slept has said too little at once.
  const double carried = std::min(std::max(arriving_now_, arriving_ / 2), target_);
  const double drain = 1 - last_queue_ms_ / 1e3 / drain_seconds;
  queue_at_cut_ms_ = last_queue_ms_;
  if (!level_) level_ = {now, usual_queue_ms_};
  cut_at_ = now;
  step_ = first_step;
  loss_trial_.reset();
  full_at_ = carried;
  const auto trains = trains_.bits_per_second();
  trains_were_right_ = trains && *trains < trains_differ * carried;
  trains_judged_ = now;
  set_target(std::min(target_, carried * std::clamp(drain, least_factor, most_factor)));
}

void BitrateController::judge_loss(TimePoint now) {
  if (!loss_trial_) {
    if (missing_ <= tolerated_) return;
    loss_trial_ = now;
    missing_before_ = missing_;
    target_before_ = target_;
    arriving_before_ = std::min(arriving_, target_);
    set_target(below_full * arriving_before_);
    return;
  }
  if (now - *loss_trial_ < trial) return;
  loss_trial_.reset();
  if (missing_ > still_lost * missing_before_) {
    tolerated_ = std::min(0.9, std::max(missing_, missing_before_) * margin);
    set_target(target_before_);
  } else {
    full_at_ = arriving_before_;
    cut_at_ = now;
    step_ = first_step;
  }
}

void BitrateController::grow(TimePoint now, double length) {
  length = std::min(length, 0.2);
  if (unused()) return;
  const auto trains = trusted_trains();
  const double known = trains ? below_trains * *trains : known_full(now) ? below_full * full_at_ : ceiling_;
  if (target_ < known) {
    set_target(std::min(target_ * std::exp(quick * length), known));
    return;
  }
  if (trains) return;
  step_ = std::min(step_ * std::exp(step_growth * length), largest_step);
  set_target(target_ * std::exp(step_ * length));
}

}  // namespace pf::rate
