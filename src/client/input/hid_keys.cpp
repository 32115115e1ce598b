#include "client/input/hid_keys.h"

#include <array>
#include <cstddef>

namespace pf::client {
namespace {

// From usage 4 (A) on; 0 where there is no key code.
constexpr std::array<std::uint8_t, 145> typed{
    30,  48,  46,  32,  18,  33,  34,  35,  23,  36,  37,  38,  50,  // A to M
    49,  24,  25,  16,  19,  31,  20,  22,  47,  17,  45,  21,  44,  // N to Z
    2,   3,   4,   5,   6,   7,   8,   9,   10,  11,                 // 1 to 0
    28,  1,   14,  15,  57,                                          // Enter, Esc, Backspace, Tab, space
    12,  13,  26,  27,  43,  43,  39,  40,  41,  51,  52,  53,       // - = [ ] \ # ; ' ` , . /
    58,                                                              // Caps Lock
    59,  60,  61,  62,  63,  64,  65,  66,  67,  68,  87,  88,       // F1 to F12
    99,  70,  119,                                                   // Print, Scroll Lock, Pause
    110, 102, 104, 111, 107, 109,                                    // Insert to Page Down
    106, 105, 108, 103,                                              // right, left, down, up
    69,  98,  55,  74,  78,  96,  79,  80,  81,  75,  76,  77,  71, 72, 73, 82, 83,  // the keypad
    86,  127, 116, 117,                                                              // 102nd, menu, power, keypad =
    183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194,                      // F13 to F24
    134, 138, 130, 132, 128, 129, 131, 137, 133, 135, 136,                           // open, help, ... find
    113, 115, 114,                                                                   // mute, louder, quieter
    0,   0,   0,   121, 0,                                                           // keypad comma
    89,  93,  124, 92,  94,  95,  0,   0,   0,                                       // international 1 to 9
    122, 123, 90,  91,  85,                                                          // language 1 to 5
};
constexpr std::uint32_t first_typed = 4;

// From usage 224: Ctrl, Shift, Alt and Meta, left and then right.
constexpr std::array<std::uint8_t, 8> modifiers{29, 42, 56, 125, 97, 54, 100, 126};
constexpr std::uint32_t first_modifier = 224;

template <std::size_t N>
std::optional<std::uint16_t> look_up(const std::array<std::uint8_t, N>& table, std::uint32_t index) {
  if (index >= N || table[index] == 0) return std::nullopt;
  return table[index];
}

}  // namespace

std::optional<std::uint16_t> key_code_of_usage(std::uint32_t usage) {
  if (usage >= first_modifier) return look_up(modifiers, usage - first_modifier);
  if (usage >= first_typed) return look_up(typed, usage - first_typed);
  return std::nullopt;
}

}  // namespace pf::client
