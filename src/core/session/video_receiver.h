// Packets in, access units out in order: opens, collects shards, rebuilds what was lost, gives up on what comes too
// late. Does no I/O and reads no clock.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "core/crypto/packet_protection.h"
#include "core/session/frame_queue.h"
#include "core/session/received_unit.h"
#include "core/session/receiver_counters.h"
#include "core/session/unit_limit.h"
#include "core/wire/input_events.h"

namespace pf::session {

/// One video stream. One thread. All memory is taken at the start, by Options::max_unit: a little more than three times
/// that for frames that come together and units that are still in use, and what it takes to rebuild the frame of the
/// most shards. Whatever arrives makes it take no more.
class VideoReceiver {
 public:
  struct Options {
    std::size_t max_unit = most_max_unit;      // bytes, see max_unit_for(); a frame that claims more is refused
    std::size_t max_frames = 8;                // in flight; older ones are given up first
    Duration reorder_wait = milliseconds{40};  // how long an incomplete frame holds up newer ones
  };
  /// Errors: invalid_argument (a limit of zero).
  static Result<std::unique_ptr<VideoReceiver>> create(const crypto::MediaKey& key, const Options& options,
                                                       const Clock& clock);
  ~VideoReceiver();

  /// For frames whose first packet comes from now on, when the mode changes. Takes the memory for it; the memory of
  /// before goes when the last unit in it is given back.
  void set_max_unit(std::size_t max_unit);

  /// `packet` is decrypted in place. Errors are for counting and logs: the receiver is as it was. `exhausted` means
  /// that nobody takes the units (call next() until it has nothing after each batch of packets), or keeps too many.
  Result<void> receive(std::span<std::byte> packet, TimePoint arrival);

  /// The next unit in order. After a loss the next one is a keyframe, or a frame that the host marked as a
  /// discontinuity.
  std::optional<ReceivedUnit> next(TimePoint now);

  /// When next() should be called though no further packet comes: it may have a unit, or give a frame up. nullopt:
  /// only a packet helps.
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  /// True from the moment a frame is given up until one is delivered that goes on without it. The caller tells the host
  /// what is missing, or asks for a keyframe, and again after a while if nothing came.
  [[nodiscard]] bool needs_keyframe() const;
  /// What the host is to do without; nullopt when nothing is missing or only a keyframe helps.
  [[nodiscard]] std::optional<LostFrames> missing() const;
  /// By next(); FrameId{0} before the first.
  [[nodiscard]] FrameId last_delivered() const;
  [[nodiscard]] const ReceiverCounters& counters() const;
  /// The next report for the sender, about every 50 ms. nullopt before the first packet.
  std::optional<wire::Feedback> feedback(TimePoint now);

 private:
  struct State;
  explicit VideoReceiver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::session
