#include "host/stream/contact_order.h"

#include <utility>

#include "core/wire/serial.h"

namespace pf::host {

Result<void> ContactOrder::apply(const wire::TouchEvent& event) {
  switch (event.phase) {
    case wire::TouchPhase::down: return begin(event);
    case wire::TouchPhase::move:
      return apply(wire::TouchMotion{.sequence = event.sequence, .contacts = {event.contact}});
    case wire::TouchPhase::up:
    case wire::TouchPhase::cancel: return end(event);
  }
  return {};  // of a later version
}

Result<void> ContactOrder::begin(const wire::TouchEvent& event) {
  if (down_.contains(event.contact.id) || down_.size() >= wire::max_touch_contacts) return {};
  if (auto done = do_(wire::TouchPhase::down, event.contact); !done) return done;
  down_[event.contact.id] = event.sequence;
  return {};
}

Result<void> ContactOrder::end(const wire::TouchEvent& event) {
  if (down_.erase(event.contact.id) == 0) return {};
  return do_(event.phase, event.contact);
}

Result<void> ContactOrder::apply(const wire::TouchMotion& motion) {
  for (const auto& contact : motion.contacts) {
    const auto found = down_.find(contact.id);
    if (found == down_.end() || !wire::newer(motion.sequence, found->second)) continue;
    found->second = motion.sequence;
    if (auto done = do_(wire::TouchPhase::move, contact); !done) return done;
  }
  return {};
}

void ContactOrder::cancel_all() {
  for (const auto& [contact, sequence] : std::exchange(down_, {})) (void)do_(wire::TouchPhase::cancel, {.id = contact});
}

}  // namespace pf::host
