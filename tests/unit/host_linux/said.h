// What a device says, without its time.
#pragma once

#include <ostream>
#include <vector>

#include "host/linux/uinput/event_frame.h"

namespace pf::test {

struct Said {
  int type;
  int code;
  int value;
  bool operator==(const Said&) const = default;
};
inline void PrintTo(const Said& said, std::ostream* out) {
  *out << "type " << said.type << " code " << said.code << " value " << said.value;
}
inline constexpr Said sync{EV_SYN, SYN_REPORT, 0};

inline std::vector<Said> said(host::EventFrame& frame) {
  std::vector<Said> out;
  for (const auto& event : frame.take()) out.push_back({event.type, event.code, event.value});
  return out;
}

}  // namespace pf::test
