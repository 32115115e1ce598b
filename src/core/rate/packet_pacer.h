// When the packets of a frame leave: at once where the link takes them, else spread over a part of the frame interval.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/base/clock.h"
#include "core/base/units.h"

namespace pf::rate {

/// Reads no clock: times go in, the moment of the next burst comes out. Bytes are UDP payloads. A burst is what goes to
/// the kernel in one call. One thread, or the caller's lock.
class PacketPacer {
 public:
  struct Link {
    Bitrate rate;           // at which packets leave; 0: a frame takes all the time that it may
    bool known = false;     // the link has shown that it takes this rate, and little more
    bool strained = false;  // it has shown a queue or losses lately
  };
  explicit PacketPacer(Duration interval) : interval_(interval) {}
  void set_interval(Duration interval) { interval_ = interval; }
  void set_link(const Link& link) { link_ = link; }

  /// `bytes` are about to come, in addition to what still waits. All of it is gone half a frame interval later where
  /// the link is clean, a whole one where it is strained, and three where its rate is known: waiting here is then no
  /// longer than waiting there, and overruns no queue.
  void begin_frame(TimePoint now, std::size_t bytes);
  /// How many bytes the next burst may have. On a clean link a frame begins with what may leave at once: a whole GSO
  /// batch, or what the link takes in a millisecond, where that is more or known. Later bursts are what it takes in a
  /// millisecond.
  [[nodiscard]] std::size_t burst() const;
  /// When the next burst is due.
  [[nodiscard]] TimePoint due() const { return at_once_ > 0 ? begun_ : due_; }
  void sent(TimePoint now, std::size_t bytes);
  /// Bytes of the frame will not be sent after all.
  void dropped(std::size_t bytes) { waiting_ -= std::min(waiting_, bytes); }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  Duration interval_;
  Link link_;
  std::size_t waiting_ = 0;
  double bytes_per_second_ = 0;
  std::size_t at_once_ = 0;  // of the frame, bytes that need not wait for due_
  TimePoint begun_;
  TimePoint due_;
};

}  // namespace pf::rate
