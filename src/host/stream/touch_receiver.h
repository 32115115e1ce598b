// What a client's touch screen and pen do, put in order.
#pragma once

#include <optional>

#include "core/wire/device_events.h"
#include "host/seams/input_injector.h"
#include "host/stream/contact_order.h"

namespace pf::host {

/// One thread. Errors are the injector's.
class TouchReceiver {
 public:
  explicit TouchReceiver(InputInjector& injector)
      : injector_(injector), contacts_([&injector](wire::TouchPhase phase, const wire::TouchContact& contact) {
          return injector.touch(phase, contact);
        }) {}

  Result<void> apply(const wire::TouchEvent& event) { return contacts_.apply(event); }
  Result<void> apply(const wire::TouchMotion& motion) { return contacts_.apply(motion); }
  Result<void> apply(const wire::PenEvent& event);
  Result<void> apply(const wire::PenMotion& motion);
  /// Every contact is cancelled, and the pen taken away.
  void release_all();
  [[nodiscard]] bool holds_anything() const { return !contacts_.empty() || (pen_ && pen_->in_range); }

 private:
  InputInjector& injector_;
  ContactOrder contacts_;
  std::optional<wire::PenState> pen_;
};

}  // namespace pf::host
