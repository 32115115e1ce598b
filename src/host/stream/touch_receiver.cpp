#include "host/stream/touch_receiver.h"

#include <utility>

#include "core/wire/serial.h"

namespace pf::host {

Result<void> TouchReceiver::apply(const wire::PenEvent& event) {
  pen_ = event.pen;
  return injector_.pen(event.pen);
}

// Tip and buttons are as the last event said, which a datagram may have overtaken.
Result<void> TouchReceiver::apply(const wire::PenMotion& motion) {
  if (!pen_ || !pen_->in_range || !wire::newer(motion.pen.sequence, pen_->sequence)) return {};
  const auto before = std::exchange(*pen_, motion.pen);
  pen_->in_range = before.in_range;
  pen_->touching = before.touching;
  pen_->eraser = before.eraser;
  pen_->first_button = before.first_button;
  pen_->second_button = before.second_button;
  return injector_.pen(*pen_);
}

void TouchReceiver::release_all() {
  contacts_.cancel_all();
  if (!pen_ || !pen_->in_range) return;
  pen_->in_range = pen_->touching = pen_->first_button = pen_->second_button = false;
  (void)injector_.pen(*pen_);
}

}  // namespace pf::host
