// The key combinations that speak to the client instead of the host: Ctrl+Alt+Shift and a letter.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pf::client {

enum class Action : std::uint8_t { fullscreen, grab, overlay, match_window, quit };

struct Chord {
  Action action;
  char letter;         // what the key prints on a US keyboard
  std::uint16_t code;  // evdev
  std::string_view what;
};

inline constexpr std::array<Chord, 5> chords{{
    {Action::fullscreen, 'F', 33, "full screen on or off"},
    {Action::grab, 'Z', 44, "keyboard and pointer captured or free"},
    {Action::overlay, 'S', 31, "statistics on or off"},
    {Action::match_window, 'R', 19, "ask the host for a display of the window's size"},
    {Action::quit, 'Q', 16, "end the stream"},
}};

struct Modifiers {
  bool ctrl = false;
  bool alt = false;
  bool shift = false;
};

/// nullopt: the key is the host's.
[[nodiscard]] constexpr std::optional<Action> action_of(const Modifiers& held, std::uint16_t code) {
  if (!held.ctrl || !held.alt || !held.shift) return std::nullopt;
  for (const auto& chord : chords) {
    if (chord.code == code) return chord.action;
  }
  return std::nullopt;
}

/// A line for each, for --help.
[[nodiscard]] std::string chord_help();

}  // namespace pf::client
