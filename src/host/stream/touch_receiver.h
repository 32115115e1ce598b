// What a client's touch screen and pen do, put in order. Beginnings and ends come reliably and count in their order;
// motion comes by datagrams, and counts when it is newer than what was done last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/wire/device_events.h"
#include "host/seams/input_injector.h"

namespace pf::host {

/// One thread. Errors are the injector's.
class TouchReceiver {
 public:
  explicit TouchReceiver(InputInjector& injector) : injector_(injector) {}

  Result<void> apply(const wire::TouchEvent& event);
  Result<void> apply(const wire::TouchMotion& motion);
  Result<void> apply(const wire::PenEvent& event);
  Result<void> apply(const wire::PenMotion& motion);
  /// Every contact is cancelled, and the pen taken away.
  void release_all();
  [[nodiscard]] bool holds_anything() const { return !down_.empty() || (pen_ && pen_->in_range); }

 private:
  Result<void> begin(const wire::TouchEvent& event);
  Result<void> end(const wire::TouchEvent& event);

  InputInjector& injector_;
  std::map<std::uint32_t, std::uint32_t> down_;  // contact to the sequence that it was moved by last
  std::optional<wire::PenState> pen_;
};

}  // namespace pf::host
