// When the encode thread encodes, and what: a new picture, a keyframe or a repair that the client needs, or a still
// picture again.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "host/stream/frame_pacer.h"

namespace pf::host {

/// Reads no clock: times go in, the next step comes out. One thread, or the caller's lock.
class EncodeSchedule {
 public:
  struct Limits {
    Duration keyframe_spacing = milliseconds{50};  // a lossy client must not turn the stream into keyframes alone
    Duration still_after = milliseconds{200};      // without change; then the encoder gets to sharpen the picture
    Duration still_every = milliseconds{100};
    unsigned still_count = 6;  // after that an unchanged picture costs nothing
  };
  EncodeSchedule(Duration interval, const Limits& limits) : pacer_(interval), limits_(limits) {}

  void set_interval(Duration interval) { pacer_.set_interval(interval); }
  /// A picture that has not been encoded is there to be taken. Of a display that is faster than the mode some pictures
  /// are left out, and none is held back until it is old: one that comes too early waits for as long as it takes the
  /// next one to come and be shown instead.
  void picture_waits(TimePoint now) {
    fresh_ = true;
    fresh_since_ = now;
  }
  void want_keyframe() { keyframe_ = true; }
  /// The client waits for the next unit, whatever it shows: earlier ones were lost.
  void want_repair() { repair_ = true; }

  enum class What : std::uint8_t { nothing, fresh, again };
  struct Step {
    What what = What::nothing;
    bool keyframe = false;
    std::optional<TimePoint> wake;  // with nothing to do: when to ask again; nullopt: only an event helps
  };
  [[nodiscard]] Step next(TimePoint now) const;
  /// The step was carried out.
  void encoded(const Step& step, TimePoint now);

 private:
  [[nodiscard]] bool repeatable_keyframe() const { return keyframe_ && has_picture_; }

  FramePacer pacer_;
  Limits limits_;
  bool fresh_ = false;
  TimePoint fresh_since_;
  bool keyframe_ = true;  // a stream begins with one
  bool repair_ = false;
  bool has_picture_ = false;
  TimePoint next_keyframe_;
  TimePoint still_due_;
  unsigned still_left_ = 0;
};

}  // namespace pf::host
