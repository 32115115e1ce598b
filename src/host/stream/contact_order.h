// Contacts on one surface, put in order. Beginnings and ends come reliably and count in their order; motion comes by
// datagrams, and counts when it is newer than what was done last.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "core/base/error.h"
#include "core/wire/device_events.h"

namespace pf::host {

/// One thread. Errors are those of `Do`.
class ContactOrder {
 public:
  /// Does what has come to be done.
  using Do = std::function<Result<void>(wire::TouchPhase phase, const wire::TouchContact& contact)>;
  explicit ContactOrder(Do carry_out) : do_(std::move(carry_out)) {}

  Result<void> apply(const wire::TouchEvent& event);
  Result<void> apply(const wire::TouchMotion& motion);
  void cancel_all();
  [[nodiscard]] bool empty() const { return down_.empty(); }

 private:
  Result<void> begin(const wire::TouchEvent& event);
  Result<void> end(const wire::TouchEvent& event);

  Do do_;
  std::map<std::uint32_t, std::uint32_t> down_;  // contact to the sequence that it was moved by last
};

}  // namespace pf::host
