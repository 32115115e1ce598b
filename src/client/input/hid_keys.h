// Keys by their place on the keyboard: from USB's numbers to the kernel's.
#pragma once

#include <cstdint>
#include <optional>

namespace pf::client {

/// `usage`: of the keyboard page (USB HID Usage Tables, section 10), which SDL's scancodes are too. Returns the evdev
/// code (linux/input-event-codes.h). nullopt: a key that has none.
[[nodiscard]] std::optional<std::uint16_t> key_code_of_usage(std::uint32_t usage);

}  // namespace pf::client
