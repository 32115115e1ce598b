// The figures of a headless run, from first packet to last picture.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <mutex>
#include <optional>

#include "control/link/client_link.h"
#include "core/base/clock.h"
#include "core/session/stage_stats.h"
#include "core/session/video_receiver.h"

namespace pf::client {

/// Any thread.
class Measurements {
 public:
  explicit Measurements(TimePoint began) : began_(began) {}

  /// A unit that was decoded in `decode`, ready at `decoded`. `captured` is its capture on this machine's clock, where
  /// known. Returns the end-to-end time where known.
  std::optional<Duration> add(const session::ReceivedUnit& unit, std::optional<TimePoint> captured, Duration decode,
                              TimePoint decoded);
  void add(const wire::HostStats& stats);

  struct Span {
    double fps = 0;
    double bitrate_mbps = 0;
    std::uint64_t frames = 0;
    Duration longest_gap{0};  // from one decoded frame to the next
  };
  void begin_span(TimePoint now);
  /// Since begin_span(), or since the first frame.
  [[nodiscard]] Span end_span(TimePoint now) const;
  [[nodiscard]] std::optional<Duration> time_to_first_frame() const;

  /// The report: the keys that docs/client.md lists.
  [[nodiscard]] boost::json::object report(const Mode& asked, const control::LinkStats& link,
                                           std::uint64_t queue_overflows) const;

 private:
  const TimePoint began_;
  mutable std::mutex mutex_;
  session::StageStats stages_;
  std::optional<TimePoint> first_frame_;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;
  TimePoint span_began_;
  std::uint64_t span_frames_ = 0;
  Duration span_gap_{0};
  std::optional<TimePoint> last_frame_;
  std::uint64_t span_bytes_ = 0;
  std::optional<wire::HostStats> host_;
  double cpu_permille_sum_ = 0;
  std::uint64_t cpu_samples_ = 0;
};

}  // namespace pf::client
