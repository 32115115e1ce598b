#include "host/stream/touch_receiver.h"

#include <utility>

#include "core/wire/serial.h"

namespace pf::host {

Result<void> TouchReceiver::apply(const wire::TouchEvent& event) {
  switch (event.phase) {
    case wire::TouchPhase::down: return begin(event);
    case wire::TouchPhase::move:
      return apply(wire::TouchMotion{.sequence = event.sequence, .contacts = {event.contact}});
    case wire::TouchPhase::up:
    case wire::TouchPhase::cancel: return end(event);
  }
  return {};  // of a later version
}

Result<void> TouchReceiver::begin(const wire::TouchEvent& event) {
  if (down_.contains(event.contact.id) || down_.size() >= wire::max_touch_contacts) return {};
  if (auto done = injector_.touch(wire::TouchPhase::down, event.contact); !done) return done;
  down_[event.contact.id] = event.sequence;
  return {};
}

Result<void> TouchReceiver::end(const wire::TouchEvent& event) {
  if (down_.erase(event.contact.id) == 0) return {};
  return injector_.touch(event.phase, event.contact);
}

Result<void> TouchReceiver::apply(const wire::TouchMotion& motion) {
  for (const auto& contact : motion.contacts) {
    const auto found = down_.find(contact.id);
    if (found == down_.end() || !wire::newer(motion.sequence, found->second)) continue;
    found->second = motion.sequence;
    if (auto done = injector_.touch(wire::TouchPhase::move, contact); !done) return done;
  }
  return {};
}

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
  for (const auto& [contact, sequence] : std::exchange(down_, {}))
    (void)injector_.touch(wire::TouchPhase::cancel, {.id = contact});
  if (!pen_ || !pen_->in_range) return;
  pen_->in_range = pen_->touching = pen_->first_button = pen_->second_button = false;
  (void)injector_.pen(*pen_);
}

}  // namespace pf::host
