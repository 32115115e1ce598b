#include "core/wire/utf8.h"

#include <cstdint>

namespace pf::wire {
namespace {

constexpr bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80;
}

/// Bytes of the character that starts with `lead`, and the least code point that needs so many; 0 when no character
/// starts so.
struct Form {
  std::size_t size;
  std::uint32_t least;
  std::uint32_t bits;
};

constexpr Form form_of(std::uint8_t lead) {
  if (lead < 0x80) return {1, 0, lead};
  if (lead >= 0xC2 && lead < 0xE0) return {2, 0x80, lead & 0x1Fu};
  if (lead >= 0xE0 && lead < 0xF0) return {3, 0x800, lead & 0x0Fu};
  if (lead >= 0xF0 && lead < 0xF5) return {4, 0x10000, lead & 0x07u};
  return {0, 0, 0};
}

}  // namespace

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto form = form_of(static_cast<std::uint8_t>(text[0]));
    if (form.size == 0 || form.size > text.size()) return false;
    std::uint32_t point = form.bits;
    for (std::size_t i = 1; i < form.size; ++i) {
      if (!is_continuation(text[i])) return false;
      point = (point << 6) | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
    }
    if (point < form.least || point > 0x10'FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    text.remove_prefix(form.size);
  }
  return true;
}

std::string_view utf8_head(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && is_continuation(text[most])) --most;
  return text.substr(0, most);
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    // C1 controls are two bytes in UTF-8: 0xC2 and 0x80 to 0x9F.
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    out += c < 0x20 || c == 0x7F || c1 ? '?' : text[i];
  }
  return out;
}

}  // namespace pf::wire
