// One stream's answer to its path: from the receiver's reports to the encoder's bitrate, the parity and the pace.
#pragma once

#include <cstddef>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/rate/bitrate_controller.h"
#include "core/rate/packet_pacer.h"
#include "core/rate/path_report.h"
#include "core/session/fec_policy.h"
#include "core/session/loss_model.h"
#include "core/wire/input_events.h"
#include "core/wire/media_header.h"

namespace pf::session {

/// The link's budget is for parity as well: more parity leaves less for the encoder. Reads no clock; one thread, or the
/// caller's lock.
class StreamAdaptation {
 public:
  /// Of the encoder's bitrate.
  struct Range {
    Bitrate floor;
    Bitrate ceiling;
  };
  struct Options {
    Range range;
    Duration interval{0};  // of frames
    std::size_t max_datagram = wire::default_datagram_size;
    FecPolicy::Limits fec{};
  };
  struct Plan {
    Bitrate encoder;
    LossModel loss;  // for VideoSender::set_loss()
    rate::PacketPacer::Link link;
    // For people to read:
    Bitrate capacity;   // 0: not known
    double parity = 0;  // of the data, in a frame of ordinary size
    Duration queue{0};
  };

  explicit StreamAdaptation(const Options& options);
  void set_range(const Range& range);
  void set_interval(Duration interval);

  void on_sent(TimePoint now, std::size_t bytes) { controller_.on_sent(now, bytes); }
  void on_feedback(TimePoint now, const wire::Feedback& feedback);
  /// Of a client that sends no Feedback: packets that came and that did not, over `length`. Ignored once it has.
  void on_loss(double received, double lost, Duration length);

  [[nodiscard]] const Plan& plan() const { return plan_; }

 private:
  void learn(const rate::PathReport& report);
  void make_plan();
  [[nodiscard]] rate::BitrateController::Limits limits() const;

  Options options_;
  rate::FeedbackReader reader_;
  rate::BitrateController controller_;
  LossEstimate loss_;
  FecPolicy policy_;
  bool heard_ = false;
  TimePoint now_;  // of the last report
  Plan plan_;
};

}  // namespace pf::session
