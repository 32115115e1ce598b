// Which keys and buttons the host believes to be down.
#pragma once

#include <cstdint>
#include <set>

namespace pf::client {

/// One thread.
class HeldKeys {
 public:
  /// False: it is down already (the keyboard repeats; the host repeats by itself).
  bool press(std::uint16_t code) { return held_.insert(code).second; }
  /// False: the host was never told that it went down.
  bool release(std::uint16_t code) { return held_.erase(code) != 0; }
  /// False: nothing was down.
  bool release_all() {
    const bool any = !held_.empty();
    held_.clear();
    return any;
  }
  /// Whether a key is down that prints something. If so, text that arrives is that key's doing; if not, it came from an
  /// input method or from a key that has no code.
  [[nodiscard]] bool typing() const {
    for (const auto code : held_) {
      if (!is_modifier(code) && code < first_button) return true;
    }
    return false;
  }

 private:
  static constexpr std::uint16_t first_button = 0x110;
  static bool is_modifier(std::uint16_t code) {
    switch (code) {
      case 29:   // left Ctrl
      case 42:   // left Shift
      case 54:   // right Shift
      case 56:   // left Alt
      case 58:   // Caps Lock
      case 69:   // Num Lock
      case 97:   // right Ctrl
      case 100:  // right Alt
      case 125:  // left Meta
      case 126:  // right Meta
        return true;
      default: return false;
    }
  }

  std::set<std::uint16_t> held_;
};

}  // namespace pf::client
