#include "host/stream/encode_schedule.h"

#include <algorithm>
#include <utility>

namespace pf::host {

EncodeSchedule::Step EncodeSchedule::next(TimePoint now) const {
  const auto due = pacer_.due();
  const bool keyframe_now = keyframe_ && now >= next_keyframe_;
  const bool still_now = still_left_ > 0 && now >= still_due_;
  const bool asked = keyframe_now || repair_ || still_now;
  const auto no_next_one = fresh_since_ + pacer_.interval();
  const bool in_time = fresh_ && (fresh_since_ >= due || now >= no_next_one);
  if (now >= due && (fresh_ || has_picture_) && (in_time || asked))
    return {.what = fresh_ ? What::fresh : What::again, .keyframe = keyframe_now, .wake = std::nullopt};
  Step wait;
  const auto consider = [&](TimePoint at) {
    at = std::max(at, due);
    wait.wake = wait.wake ? std::min(*wait.wake, at) : at;
  };
  if (fresh_) consider(no_next_one);
  if (repair_ && has_picture_) consider(due);
  if (repeatable_keyframe()) consider(next_keyframe_);
  if (still_left_ > 0) consider(still_due_);
  return wait;
}

void EncodeSchedule::encoded(const Step& step, TimePoint now) {
  pacer_.sent(now);
  has_picture_ = true;
  if (step.what == What::fresh) fresh_ = false;
  if (step.keyframe) {
    keyframe_ = false;
    next_keyframe_ = now + limits_.keyframe_spacing;
  }
  const bool repaired = std::exchange(repair_, false);
  if (step.what == What::fresh || step.keyframe || repaired) {
    // A keyframe is coarse as well, and a repair may be: one frame's worth of bits for a whole picture.
    still_left_ = limits_.still_count;
    still_due_ = now + limits_.still_after;
  } else {
    --still_left_;
    still_due_ = now + limits_.still_every;
  }
}

}  // namespace pf::host
