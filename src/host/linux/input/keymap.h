// XKB keymaps as a virtual keyboard hands them to the compositor.
#pragma once

#include <xkbcommon/xkbcommon.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/owned.h"
#include "host/linux/input/wlr_injector.h"
#include "host/linux/wayland/file_descriptor.h"

namespace pf::host {

/// A layout with the state of its modifiers.
class Keymap {
 public:
  /// Errors: invalid_argument (XKB knows no such layout).
  static Result<Keymap> compile(const KeyboardNames& names);

  [[nodiscard]] std::string text() const;
  /// Follows a key; true when the modifiers have changed.
  bool update(std::uint16_t evdev_code, bool pressed);
  struct Modifiers {
    std::uint32_t depressed = 0, latched = 0, locked = 0, group = 0;
  };
  [[nodiscard]] Modifiers modifiers() const;
  /// As if no key had ever been touched.
  void reset();

 private:
  Owned<xkb_context, xkb_context_unref> context_;
  Owned<xkb_keymap, xkb_keymap_unref> keymap_;
  Owned<xkb_state, xkb_state_unref> state_;
};

/// evdev code of the first key of a text keymap; the n-th character sits n keys further.
inline constexpr std::uint16_t text_keymap_first_code = 1;
inline constexpr std::size_t text_keymap_most = 200;

/// A keymap with one key for each of these Unicode code points. Precondition: at most text_keymap_most.
std::string text_keymap(const std::vector<char32_t>& points);

/// The keymap's text in memory that can be passed on, and its size with the closing zero. Errors: io.
Result<std::pair<FileDescriptor, std::uint32_t>> share_keymap(const std::string& text);

}  // namespace pf::host
