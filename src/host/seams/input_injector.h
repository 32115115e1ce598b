// Does on one display what the client's user did.
#pragma once

#include "core/base/error.h"
#include "core/wire/input_events.h"
#include "host/seams/probe.h"

namespace pf::host {

/// One thread. Every call is on its way to the compositor when it returns.
class InputInjector {
 public:
  virtual ~InputInjector() = default;
  /// Relative motion, pixels with a fraction.
  virtual Result<void> move(double dx, double dy) = 0;
  /// Absolute, 0 to 1 over this display.
  virtual Result<void> place(double x, double y) = 0;
  virtual Result<void> button(std::uint16_t evdev_code, bool pressed) = 0;
  /// 1/120 notch; positive is up and right.
  virtual Result<void> wheel(std::int32_t vertical, std::int32_t horizontal) = 0;
  virtual Result<void> key(std::uint16_t evdev_code, bool pressed) = 0;
  virtual Result<void> text(const std::string& utf8) = 0;
  /// A contact of `id` begins, moves, ends, or was none. Without a backend that can, an error says so.
  virtual Result<void> touch(wire::TouchPhase phase, const wire::TouchContact& contact);
  /// The pen's whole state; the same.
  virtual Result<void> pen(const wire::PenState& pen);
  /// Lets go of every key and button that this injector holds down.
  virtual void release_all() = 0;
};

inline Result<void> InputInjector::touch(wire::TouchPhase, const wire::TouchContact&) {
  return fail(ErrorCode::unsupported, "this host's input backend has no touch screen");
}
inline Result<void> InputInjector::pen(const wire::PenState&) {
  return fail(ErrorCode::unsupported, "this host's input backend has no pen");
}

}  // namespace pf::host
