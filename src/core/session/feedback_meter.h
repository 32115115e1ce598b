// What a receiver's packets tell of the way that they came: losses and their runs, delay, and how the link spreads
// what left together. docs/protocol.md, "Feedback".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/session/packet_loss.h"
#include "core/wire/input_events.h"
#include "core/wire/media_header.h"

namespace pf::session {

/// One video stream. One thread.
class FeedbackMeter {
 public:
  /// An authentic packet that has not come before, of `bytes` on the wire.
  void arrived(const wire::MediaHeader& header, std::size_t bytes, TimePoint arrival);
  /// The next report. nullopt before the first packet.
  std::optional<wire::Feedback> report(TimePoint now);
  [[nodiscard]] const GapCounter& gaps() const { return gaps_; }

 private:
  /// How far a train has come.
  struct Mark {
    std::size_t bytes = 0;
    TimePoint at;
  };
  /// Packets that left together, as far as they have come.
  struct Train {
    FrameId frame;
    std::uint16_t send_delay = 0;
    std::uint64_t number = 0;  // of the packet that came last
    bool in_order = true;
    std::size_t packets = 0;
    Mark half;     // when half as many packets had come or fewer, a power of two
    Mark doubled;  // the next such mark
    Mark last;
    Duration longest{0};          // from a packet to the next, since `doubled`
    Duration longest_earlier{0};  // before that, since `half`
  };
  void board(const wire::MediaHeader& header, std::size_t bytes, TimePoint arrival);
  void finish_train();
  void measure_delay(const wire::MediaHeader& header, TimePoint arrival);

  GapCounter gaps_;
  Train train_;
  std::optional<FrameId> newest_;
  wire::Feedback totals_;  // as the next report will say them
};

}  // namespace pf::session
