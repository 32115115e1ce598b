#include "abi/client/handed_out.h"

#include <utility>

namespace pf::abi {

std::shared_ptr<HandedOut> HandedOut::create() {
  return std::shared_ptr<HandedOut>(new HandedOut);
}

void* HandedOut::keep(const std::shared_ptr<HandedOut>& home, session::UnitBytes bytes) {
  const std::lock_guard lock(home->mutex_);
  Slot* slot = home->free_;
  if (slot != nullptr)
    home->free_ = slot->next;
  else
    slot = &home->slots_.emplace_back();
  slot->bytes = std::move(bytes);
  slot->home = home;
  return slot;
}

void HandedOut::release(void* owner) noexcept {
  if (owner == nullptr) return;
  auto* const slot = static_cast<Slot*>(owner);
  const auto home = std::move(slot->home);  // unlocked before it ends, perhaps, with the slot in it
  slot->bytes = {};
  const std::lock_guard lock(home->mutex_);
  slot->next = std::exchange(home->free_, slot);
}

}  // namespace pf::abi
