// Codes from winuser.h (VK_*) and linux/input-event-codes.h (KEY_*).
#include "host/gamestream/input/virtual_keys.h"

#include <array>
#include <utility>

namespace pf::host::gamestream {
namespace {

using Pair = std::pair<std::uint8_t, std::uint16_t>;

constexpr auto pairs = std::to_array<Pair>({
    // editing and movement
    {0x08, 14},   // backspace
    {0x09, 15},   // tab
    {0x0C, 76},   // clear: the keypad's 5 without num lock
    {0x0D, 28},   // enter
    {0x13, 119},  // pause
    {0x14, 58},   // caps lock
    {0x1B, 1},    // escape
    {0x20, 57},   // space
    {0x21, 104},  // page up
    {0x22, 109},  // page down
    {0x23, 107},  // end
    {0x24, 102},  // home
    {0x25, 105},  // left
    {0x26, 103},  // up
    {0x27, 106},  // right
    {0x28, 108},  // down
    {0x2C, 99},   // print screen
    {0x2D, 110},  // insert
    {0x2E, 111},  // delete
    {0x2F, 138},  // help
    // input methods
    {0x15, 90},  // Kana and Hangul mode
    {0x19, 91},  // Hanja and Kanji
    {0x1C, 92},  // convert
    {0x1D, 94},  // non-convert
    // modifiers; those without a side are the left ones
    {0x10, 42},
    {0x11, 29},
    {0x12, 56},
    {0xA0, 42},
    {0xA1, 54},
    {0xA2, 29},
    {0xA3, 97},
    {0xA4, 56},
    {0xA5, 100},
    {0x5B, 125},
    {0x5C, 126},
    {0x5D, 127},  // menu
    {0x5F, 142},  // sleep
    // keypad
    {0x60, 82},
    {0x61, 79},
    {0x62, 80},
    {0x63, 81},
    {0x64, 75},
    {0x65, 76},
    {0x66, 77},
    {0x67, 71},
    {0x68, 72},
    {0x69, 73},
    {0x6A, 55},   // *
    {0x6B, 78},   // +
    {0x6C, 121},  // separator
    {0x6D, 74},   // -
    {0x6E, 83},   // .
    {0x6F, 98},   // /
    {0x90, 69},   // num lock
    {0x91, 70},   // scroll lock
    // browser, media, start
    {0xA6, 158},  // back
    {0xA7, 159},  // forward
    {0xA8, 173},  // refresh
    {0xA9, 128},  // stop
    {0xAA, 217},  // search
    {0xAB, 156},  // favourites
    {0xAC, 172},  // home page
    {0xAD, 113},  // mute
    {0xAE, 114},  // volume down
    {0xAF, 115},  // volume up
    {0xB0, 163},  // next
    {0xB1, 165},  // previous
    {0xB2, 166},  // stop
    {0xB3, 164},  // play and pause
    {0xB4, 155},  // mail
    {0xB5, 226},  // media
    {0xB6, 148},  // program 1
    {0xB7, 149},  // program 2
    // punctuation
    {0xBA, 39},  // ;
    {0xBB, 13},  // =
    {0xBC, 51},  // ,
    {0xBD, 12},  // -
    {0xBE, 52},  // .
    {0xBF, 53},  // /
    {0xC0, 41},  // `
    {0xDB, 26},  // [
    {0xDC, 43},  // backslash
    {0xDD, 27},  // ]
    {0xDE, 40},  // '
    {0xE2, 86},  // the key beside the left shift
});

// Letters in the alphabet's order, as a US keyboard has them.
constexpr std::array<std::uint8_t, 26> letters{30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50,
                                               49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44};

constexpr std::array<std::uint16_t, 256> make_table() {
  std::array<std::uint16_t, 256> table{};
  for (const auto& [key, code] : pairs) table[key] = code;
  table['0'] = 11;
  for (std::uint16_t i = 0; i < 9; ++i) table['1' + i] = static_cast<std::uint16_t>(2 + i);
  for (std::size_t i = 0; i < letters.size(); ++i) table['A' + i] = letters[i];
  for (std::uint16_t i = 0; i < 10; ++i) table[0x70 + i] = static_cast<std::uint16_t>(59 + i);  // F1 to F10
  table[0x7A] = 87;
  table[0x7B] = 88;
  for (std::uint16_t i = 0; i < 12; ++i) table[0x7C + i] = static_cast<std::uint16_t>(183 + i);  // F13 to F24
  return table;
}

constexpr auto table = make_table();

}  // namespace

std::uint16_t evdev_key(std::uint8_t virtual_key) {
  return table[virtual_key];
}

}  // namespace pf::host::gamestream
