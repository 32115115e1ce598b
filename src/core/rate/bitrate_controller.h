// How much may be sent: follows what arrives, how long it waits in queues, and what is lost.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/rate/path_report.h"
#include "core/rate/queue_delay.h"
#include "core/rate/train_rate.h"

namespace pf::rate {

/// Rates are of everything on the wire, parity included. Reads no clock; one thread.
///
/// A queue that grows is met by less than what arrives, at once; when it has drained, the rate goes back to just below
/// what the link carried, and creeps on from there in steps that grow until the next queue shows: that finds a link
/// that has become faster in seconds. Where packet trains tell what the link carries (TrainRate) and were right so far,
/// the rate goes straight there and stops below it. Loss alone brings the rate down only where less is lost afterwards:
/// losses that don't care are the radio's, and parity's affair.
class BitrateController {
 public:
  struct Limits {
    Bitrate floor;
    Bitrate ceiling;
  };
  /// Begins at the ceiling, which is what the user asked for: a link that carries less says so in two reports.
  explicit BitrateController(const Limits& limits);

  /// A rate at the old ceiling goes to the new one.
  void set_limits(const Limits& limits);
  /// `bytes` have been given to the network.
  void on_sent(TimePoint now, std::size_t bytes);
  void on_report(TimePoint now, const PathReport& report);

  [[nodiscard]] Bitrate target() const;
  /// What the link carries, from trains or from what arrived when it was full. 0: not known.
  [[nodiscard]] Bitrate capacity(TimePoint now) const;
  [[nodiscard]] Duration queue() const { return queue_.now(); }
  enum class State { clear, queueing, loss_trial };
  /// queueing: what is lost now is lost in a full queue. loss_trial: it may be.
  [[nodiscard]] State state(TimePoint now) const;
  /// A queue or a full link has shown within the last seconds.
  [[nodiscard]] bool strained(TimePoint now) const;

 private:
  enum class Queue { idle, waiting, growing };
  /// What arrived in the last reports.
  struct Arrivals {
    double bits = 0;
    double seconds = 0;
    [[nodiscard]] double rate() const { return seconds > 0 ? bits / seconds : 0; }
  };

  void measure(const PathReport& report);
  Queue judge_queue(TimePoint now, const PathReport& report);
  void cut(TimePoint now);
  [[nodiscard]] bool path_has_changed(TimePoint now) const;
  void follow_path();
  [[nodiscard]] bool unused() const;
  [[nodiscard]] bool queue_of_others() const;
  void judge_loss(TimePoint now);
  void grow(TimePoint now, double seconds);
  [[nodiscard]] std::optional<double> trusted_trains() const;
  [[nodiscard]] bool known_full(TimePoint now) const;
  void set_target(double bits_per_second);

  double floor_;
  double ceiling_;
  double target_;

  std::array<Arrivals, 4> recent_{};  // reports, the newest at next_ - 1
  std::size_t next_ = 0;
  double sending_ = 0;  // bits a second, lately
  TimePoint sent_at_;
  double arriving_ = 0;      // bits a second over recent_
  double arriving_now_ = 0;  // in the last report

  QueueDelay queue_;
  TrainRate trains_;
  bool trains_were_right_ = true;
  TimePoint trains_judged_;
  double noise_ms_ = 0;  // of the queue's delay, while nothing is wrong
  double last_queue_ms_ = 0;
  double usual_queue_ms_ = 0;  // over some reports
  int growing_reports_ = 0;
  bool queueing_ = false;
  std::optional<TimePoint> cut_at_;
  double queue_at_cut_ms_ = 0;
  struct Level {
    TimePoint at;
    double usual_queue_ms = 0;
  };
  std::optional<Level> level_;  // that the queue has had since the first cut, or has risen to
  double full_at_ = 0;          // what arrived when the link was last full; 0: it was not
  double step_ = 0;             // of the creep, per second

  double missing_ = 0;                   // share of packets, over the last reports
  double tolerated_;                     // of it, what has been shown not to depend on the rate
  std::optional<TimePoint> loss_trial_;  // since when less is sent to see what that does to losses
  double missing_before_ = 0;
  double target_before_ = 0;
  double arriving_before_ = 0;
};

}  // namespace pf::rate
