// How one encoder's units go on after the client has lost some: by an older reference, by a refresh, by a keyframe.
#pragma once

#include "core/base/units.h"
#include "host/seams/encoder.h"
#include "host/stream/reference_chain.h"

namespace pf::host {

/// For each picture: lose() what the client has said meanwhile, encode it as next() says, then encoded(), then sent()
/// or not_sent(). The encoder is the same in all calls. One thread.
class LossRecovery {
 public:
  void lose(FrameId first, FrameId last, Encoder& encoder);
  [[nodiscard]] Entry next() const;
  void encoded(const EncodedUnit& unit);
  /// The unit that was encoded last does without lost ones, though it is no keyframe.
  [[nodiscard]] bool repaired() const { return mended_ && !keyframe_; }
  /// More units have to come, whatever they show, until the client shows one.
  [[nodiscard]] bool refreshing() const { return refreshing_; }
  void sent(FrameId frame);
  void not_sent(Encoder& encoder);

 private:
  ReferenceChain references_;
  bool mended_ = false;      // the encoder has forgotten units since one was sent
  bool bare_ = false;        // and has none left to refer to
  bool keyframe_ = false;    // the unit encoded last
  bool refreshing_ = false;  // it is not to be shown
};

}  // namespace pf::host
