// What a device has to say when its state changes: evdev carries changes, closed by a SYN_REPORT.
#pragma once

#include <linux/input.h>

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "host/linux/uinput/device_profile.h"

namespace pf::host {

/// One device, one thread.
class EventFrame {
 public:
  /// Of a device that is as it was plugged in: keys are up, axes at rest.
  explicit EventFrame(const DeviceProfile& profile);

  /// The state of a key or an axis; nothing is said when it is so already.
  void set(std::uint16_t type, std::uint16_t code, std::int32_t value);
  /// Says it whatever was said before, and remembers nothing: for a clock, and for slots, each of which has its own.
  void say(std::uint16_t type, std::uint16_t code, std::int32_t value);
  /// What there is to say, with its SYN_REPORT; empty when there is nothing. Valid until the next call.
  std::span<const input_event> take();

 private:
  std::map<std::pair<std::uint16_t, std::uint16_t>, std::int32_t> state_;
  std::vector<input_event> events_;
  std::vector<input_event> taken_;
};

}  // namespace pf::host
