// Names of keys and buttons, and the keys that type a text on a US keyboard. Codes are the kernel's
// (linux/input-event-codes.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace pf::client {

/// "a", "enter", "leftshift", "f5", "kp7", ... in lower case, as the kernel names them without KEY_.
std::optional<std::uint16_t> key_code(std::string_view name);

/// "left", "right", "middle", "side", "extra".
std::optional<std::uint16_t> button_code(std::string_view name);

struct KeyStroke {
  std::uint16_t code = 0;
  bool shift = false;
  bool operator==(const KeyStroke&) const = default;
};

/// The strokes that type printable ASCII, tab and newline on a US layout.
/// Errors: invalid_argument, for a character that has no key there (send it as text instead).
Result<std::vector<KeyStroke>> strokes_for(std::string_view text);

}  // namespace pf::client
