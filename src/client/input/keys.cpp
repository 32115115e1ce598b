#include "client/input/keys.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pf::client {
namespace {

struct Named {
  std::string_view name;
  std::uint16_t code;
};

constexpr std::array keys = std::to_array<Named>({
    {"esc", 1},
    {"1", 2},
    {"2", 3},
    {"3", 4},
    {"4", 5},
    {"5", 6},
    {"6", 7},
    {"7", 8},
    {"8", 9},
    {"9", 10},
    {"0", 11},
    {"minus", 12},
    {"equal", 13},
    {"backspace", 14},
    {"tab", 15},
    {"q", 16},
    {"w", 17},
    {"e", 18},
    {"r", 19},
    {"t", 20},
    {"y", 21},
    {"u", 22},
    {"i", 23},
    {"o", 24},
    {"p", 25},
    {"leftbrace", 26},
    {"rightbrace", 27},
    {"enter", 28},
    {"leftctrl", 29},
    {"a", 30},
    {"s", 31},
    {"d", 32},
    {"f", 33},
    {"g", 34},
    {"h", 35},
    {"j", 36},
    {"k", 37},
    {"l", 38},
    {"semicolon", 39},
    {"apostrophe", 40},
    {"grave", 41},
    {"leftshift", 42},
    {"backslash", 43},
    {"z", 44},
    {"x", 45},
    {"c", 46},
    {"v", 47},
    {"b", 48},
    {"n", 49},
    {"m", 50},
    {"comma", 51},
    {"dot", 52},
    {"slash", 53},
    {"rightshift", 54},
    {"kpasterisk", 55},
    {"leftalt", 56},
    {"space", 57},
    {"capslock", 58},
    {"f1", 59},
    {"f2", 60},
    {"f3", 61},
    {"f4", 62},
    {"f5", 63},
    {"f6", 64},
    {"f7", 65},
    {"f8", 66},
    {"f9", 67},
    {"f10", 68},
    {"numlock", 69},
    {"scrolllock", 70},
    {"kp7", 71},
    {"kp8", 72},
    {"kp9", 73},
    {"kpminus", 74},
    {"kp4", 75},
    {"kp5", 76},
    {"kp6", 77},
    {"kpplus", 78},
    {"kp1", 79},
    {"kp2", 80},
    {"kp3", 81},
    {"kp0", 82},
    {"kpdot", 83},
    {"102nd", 86},
    {"f11", 87},
    {"f12", 88},
    {"kpenter", 96},
    {"rightctrl", 97},
    {"kpslash", 98},
    {"sysrq", 99},
    {"rightalt", 100},
    {"home", 102},
    {"up", 103},
    {"pageup", 104},
    {"left", 105},
    {"right", 106},
    {"end", 107},
    {"down", 108},
    {"pagedown", 109},
    {"insert", 110},
    {"delete", 111},
    {"mute", 113},
    {"volumedown", 114},
    {"volumeup", 115},
    {"kpequal", 117},
    {"pause", 119},
    {"leftmeta", 125},
    {"rightmeta", 126},
    {"compose", 127},
});

constexpr std::array buttons = std::to_array<Named>({
    {"left", 0x110},
    {"right", 0x111},
    {"middle", 0x112},
    {"side", 0x113},
    {"extra", 0x114},
});

template <std::size_t N>
std::optional<std::uint16_t> find(const std::array<Named, N>& table, std::string_view name) {
  const auto* const found = std::ranges::find(table, name, &Named::name);
  if (found == table.end()) return std::nullopt;
  return found->code;
}

// Plain and shifted characters of the keys that print something else than a letter.
struct Printed {
  char plain;
  char shifted;
  std::uint16_t code;
};
constexpr std::array printed = std::to_array<Printed>({
    {'1', '!', 2},  {'2', '@', 3},  {'3', '#', 4},  {'4', '$', 5},   {'5', '%', 6},    {'6', '^', 7},
    {'7', '&', 8},  {'8', '*', 9},  {'9', '(', 10}, {'0', ')', 11},  {'-', '_', 12},   {'=', '+', 13},
    {'[', '{', 26}, {']', '}', 27}, {';', ':', 39}, {'\'', '"', 40}, {'`', '~', 41},   {'\\', '|', 43},
    {',', '<', 51}, {'.', '>', 52}, {'/', '?', 53}, {' ', ' ', 57},  {'\t', '\t', 15}, {'\n', '\n', 28},
});

std::optional<KeyStroke> stroke_for(char c) {
  if (c >= 'a' && c <= 'z') return KeyStroke{*key_code(std::string_view(&c, 1)), false};
  if (c >= 'A' && c <= 'Z') {
    const char lower = static_cast<char>(c - 'A' + 'a');
    return KeyStroke{*key_code(std::string_view(&lower, 1)), true};
  }
  for (const auto& key : printed) {
    if (key.plain == c) return KeyStroke{key.code, false};
    if (key.shifted == c) return KeyStroke{key.code, true};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint16_t> key_code(std::string_view name) {
  return find(keys, name);
}

std::optional<std::uint16_t> button_code(std::string_view name) {
  return find(buttons, name);
}

Result<std::vector<KeyStroke>> strokes_for(std::string_view text) {
  std::vector<KeyStroke> strokes;
  for (const char c : text) {
    const auto stroke = stroke_for(c);
    if (!stroke)
      return fail(ErrorCode::invalid_argument,
                  "a US keyboard has no key for one of these characters; send them with 'text'");
    strokes.push_back(*stroke);
  }
  return strokes;
}

}  // namespace pf::client
