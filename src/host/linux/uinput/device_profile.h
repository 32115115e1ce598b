// What an input device is: the identity by which games know it, and what it has.
#pragma once

#include <linux/input.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pf::host {

struct Axis {
  std::uint16_t code = 0;  // ABS_*
  std::int32_t least = 0;
  std::int32_t most = 0;
  std::int32_t rest = 0;  // where it stands before anything was said
  std::int32_t flat = 0;  // around the rest that counts as rest
  std::int32_t resolution = 0;
};

/// Codes are those of linux/input-event-codes.h.
struct DeviceProfile {
  std::string name;
  input_id id{};
  std::vector<std::uint16_t> keys;
  std::vector<Axis> axes;
  std::vector<std::uint16_t> properties;  // INPUT_PROP_*
  std::vector<std::uint16_t> forces;      // FF_*
  bool timestamps = false;                // MSC_TIMESTAMP comes with each report
};

}  // namespace pf::host
