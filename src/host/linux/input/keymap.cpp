#include "host/linux/input/keymap.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstdlib>

namespace pf::host {
namespace {

// XKB's key codes are evdev's plus eight, since X11.
constexpr std::uint32_t xkb_offset = 8;

// Control characters are keys of their own to XKB, everything else is Unicode.
std::string keysym_name(char32_t point) {
  if (point == U'\r') return "Return";
  if (point == U'\t') return "Tab";
  return fmt::format("U{:04X}", static_cast<std::uint32_t>(point));
}

const char* or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

Result<Keymap> Keymap::compile(const KeyboardNames& names) {
  Keymap made;
  made.context_.reset(xkb_context_new(XKB_CONTEXT_NO_FLAGS));
  if (!made.context_) return fail(ErrorCode::internal, "xkbcommon does not start");
  const xkb_rule_names rules{nullptr, or_null(names.model), or_null(names.layout), or_null(names.variant),
                             or_null(names.options)};
  made.keymap_.reset(xkb_keymap_new_from_names(made.context_.get(), &rules, XKB_KEYMAP_COMPILE_NO_FLAGS));
  if (!made.keymap_)
    return fail(ErrorCode::invalid_argument,
                "XKB has no keyboard layout '" + names.layout + "' with variant '" + names.variant + "'");
  made.reset();
  return made;
}

std::string Keymap::text() const {
  char* raw = xkb_keymap_get_as_string(keymap_.get(), XKB_KEYMAP_FORMAT_TEXT_V1);
  std::string out = raw != nullptr ? raw : "";
  std::free(raw);  // NOLINT(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory): xkbcommon hands over malloc's
                   // memory
  return out;
}

bool Keymap::update(std::uint16_t evdev_code, bool pressed) {
  return xkb_state_update_key(state_.get(), evdev_code + xkb_offset, pressed ? XKB_KEY_DOWN : XKB_KEY_UP) != 0;
}

Keymap::Modifiers Keymap::modifiers() const {
  const auto part = [this](xkb_state_component which) { return xkb_state_serialize_mods(state_.get(), which); };
  return {part(XKB_STATE_MODS_DEPRESSED), part(XKB_STATE_MODS_LATCHED), part(XKB_STATE_MODS_LOCKED),
          xkb_state_serialize_layout(state_.get(), XKB_STATE_LAYOUT_EFFECTIVE)};
}

void Keymap::reset() {
  state_.reset(xkb_state_new(keymap_.get()));
}

std::string text_keymap(const std::vector<char32_t>& points) {
  std::string codes;
  std::string symbols;
  for (std::size_t i = 0; i < points.size(); ++i) {
    codes += fmt::format("<T{}> = {}; ", i, text_keymap_first_code + xkb_offset + i);
    symbols += fmt::format("key <T{}> {{ [ {} ] }}; ", i, keysym_name(points[i]));
  }
  return fmt::format(
      "xkb_keymap {{\n"
      "xkb_keycodes \"text\" {{ minimum = 8; maximum = 255; {}}};\n"
      "xkb_types \"text\" {{ virtual_modifiers Unused; type \"ONE_LEVEL\" {{ modifiers = none; level_name[Level1] = "
      "\"Any\"; }}; }};\n"
      "xkb_compatibility \"text\" {{ }};\n"
      "xkb_symbols \"text\" {{ {}}};\n"
      "}};\n",
      codes, symbols);
}

Result<std::pair<FileDescriptor, std::uint32_t>> share_keymap(const std::string& text) {
  const auto size = text.size() + 1;
  FileDescriptor fd(memfd_create("punktfunk-keymap", MFD_CLOEXEC));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(size)) != 0 ||
      pwrite(fd.get(), text.c_str(), size, 0) != static_cast<ssize_t>(size)) {
    return fail(ErrorCode::io, "cannot make a keymap's memory");
  }
  return std::pair(std::move(fd), static_cast<std::uint32_t>(size));
}

}  // namespace pf::host
