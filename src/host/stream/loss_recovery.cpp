#include "host/stream/loss_recovery.h"

namespace pf::host {

void LossRecovery::lose(FrameId first, FrameId last, Encoder& encoder) {
  const auto from = references_.lose(first, last);
  if (!from) return;
  bare_ = !encoder.forget_from(*from);
  mended_ = true;
}

// A refresh that is lost itself is not tried again: a keyframe is through with one unit.
Entry LossRecovery::next() const {
  if (!bare_) return Entry::follow;
  return refreshing_ ? Entry::keyframe : Entry::refresh;
}

void LossRecovery::encoded(const EncodedUnit& unit) {
  bare_ = false;
  keyframe_ = unit.keyframe;
  refreshing_ = unit.until_shown > 0;
}

void LossRecovery::sent(FrameId frame) {
  mended_ = false;
  references_.add(frame, keyframe_);
}

void LossRecovery::not_sent(Encoder& encoder) {
  bare_ = !encoder.forget_from(references_.skip());
}

}  // namespace pf::host
