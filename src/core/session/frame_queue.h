// Order among the frames in flight: which is the next to deliver, which holds up others, and when to give it up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ring.h"
#include "core/base/units.h"
#include "core/session/frame_assembly.h"
#include "core/session/received_unit.h"

namespace pf::session {

struct FrameInFlight {
  enum class State : std::uint8_t { collecting, complete, broken };
  FrameId id;
  State state = State::collecting;
  bool keyframe = false;
  bool discontinuity = false;
  std::size_t max_unit = 0;  // that counted when it began
  TimePoint first_arrival;
  TimePoint last_arrival;
  FrameAssembly shards;
  ReceivedUnit unit;  // once complete
};

struct LostFrames {
  FrameId first;
  FrameId last;
  bool operator==(const LostFrames&) const = default;
};

/// A frame is deliverable when it follows the last delivered one, or when it is an entry: one that decodes without
/// what came before (a keyframe, or after the first keyframe a frame marked as a discontinuity). While a frame is
/// missing, newer ones wait; then it is given up, and only an entry goes on.
class FrameQueue {
 public:
  struct Limits {
    std::size_t frames = 8;  // in flight
    Duration reorder_wait{0};
  };
  explicit FrameQueue(const Limits& limits);

  /// Delivered or given up already.
  [[nodiscard]] bool done_with(FrameId id) const { return begun_ && !id.newer_than(floor_); }
  [[nodiscard]] FrameInFlight* find(FrameId id);
  /// Makes room by giving up the oldest. Null when `id` would itself be the oldest. Precondition: find() has nothing.
  FrameInFlight* insert(FrameId id);
  /// Gives up the oldest frame, for its memory, if it is older than `id`. Whether it did.
  bool give_up_before(FrameId id);
  /// Moves to ready() what can be delivered and gives up what is overdue.
  void settle(TimePoint now);
  /// When settle() will give something up without a further packet.
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  /// The oldest of the units that are ready.
  std::optional<ReceivedUnit> take();
  [[nodiscard]] const Ring<ReceivedUnit>& ready() const { return ready_; }
  /// Whether one packet more could make more units ready than there is room for.
  [[nodiscard]] bool crowded() const { return ready_.size() + limits_.frames > most_ready; }
  [[nodiscard]] bool needs_keyframe() const { return needs_keyframe_; }
  /// After a loss: the frames since the last one that was delivered, up to the newest one seen that does not go on by
  /// itself. nullopt: nothing is missing, or nothing has been delivered since the stream began.
  [[nodiscard]] std::optional<LostFrames> missing() const;
  [[nodiscard]] std::uint64_t frames_lost() const { return lost_; }
  /// Losses that ended with a frame that refers to an earlier one, with a keyframe spread over several frames, and with
  /// a whole keyframe.
  [[nodiscard]] std::uint64_t repairs() const { return repairs_; }
  [[nodiscard]] std::uint64_t refreshes() const { return refreshes_; }
  [[nodiscard]] std::uint64_t restarts() const { return restarts_; }

 private:
  using Frames = std::vector<std::unique_ptr<FrameInFlight>>;

  [[nodiscard]] bool is_entry(const FrameInFlight& frame) const;
  [[nodiscard]] bool waits_for(const FrameInFlight& frame) const;
  [[nodiscard]] Frames::const_iterator deliverable() const;
  [[nodiscard]] TimePoint due() const;  // as deadline(); there are frames
  void deliver(Frames::const_iterator frame);
  void give_up_one();
  void begin();
  void drop_front();
  void retire_front();
  void lose_up_to(FrameId id);

  static constexpr std::size_t most_ready = 64;

  Limits limits_;
  Frames frames_;  // oldest first
  Frames spare_;
  Ring<ReceivedUnit> ready_;
  FrameId floor_;             // the newest frame that is delivered or given up
  bool begun_ = false;        // there is such a frame
  bool in_sequence_ = false;  // the frame after floor_ decodes
  bool started_ = false;      // a keyframe has been delivered
  bool needs_keyframe_ = false;
  FrameId delivered_;  // the newest one, once started
  std::uint64_t lost_ = 0;
  std::uint64_t repairs_ = 0;
  std::uint64_t refreshes_ = 0;
  std::uint64_t restarts_ = 0;
};

}  // namespace pf::session
