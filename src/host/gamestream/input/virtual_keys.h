// Windows virtual key codes to evdev codes.
#pragma once

#include <cstdint>

namespace pf::host::gamestream {

/// By the places of a US keyboard; 0 where there is no such key.
[[nodiscard]] std::uint16_t evdev_key(std::uint8_t virtual_key);

}  // namespace pf::host::gamestream
