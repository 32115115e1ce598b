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
  /// Lets go of every key and button that this injector holds down.
  virtual void release_all() = 0;
};

}  // namespace pf::host
