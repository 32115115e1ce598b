// Gathers a stream's figures second by second, for the overlay.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "client/play/overlay_text.h"
#include "control/link/client_link.h"
#include "core/session/packet_loss.h"
#include "core/session/stage_stats.h"

namespace pf::client {

/// Any thread.
class FigureMeter {
 public:
  explicit FigureMeter(TimePoint now) : began_(now) {}

  /// `captured`: on this machine's clock, where known.
  void decoded(const session::ReceivedUnit& unit, std::optional<TimePoint> captured, Duration decode);
  void shown(std::optional<TimePoint> captured, TimePoint decoded, TimePoint shown);

  /// Closes the interval that began with the last call: its rates and medians, without host, mode and sound. Nothing
  /// after less than `least`.
  std::optional<StreamFigures> take(const control::LinkStats& link, TimePoint now, Duration least);
  /// A new connection counts anew.
  void restart();

 private:
  mutable std::mutex mutex_;
  TimePoint began_;
  std::uint64_t decoded_ = 0;
  std::uint64_t shown_ = 0;
  std::uint64_t bytes_ = 0;
  session::Histogram capture_, encode_, network_, decode_, present_, latency_;
  session::IntervalLoss loss_;
};

}  // namespace pf::client
