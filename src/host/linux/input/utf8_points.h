// Code points of UTF-8 text.
#pragma once

#include <string_view>
#include <vector>

namespace pf::host {

/// Precondition: valid UTF-8, as the wire's reader has made sure. Control characters other than newline and tab are
/// left out; a newline is U+000D, as the Return key types it.
inline std::vector<char32_t> utf8_points(std::string_view text) {
  std::vector<char32_t> points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k)
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    i += size;
    if (point == U'\n') point = U'\r';
    if (point >= 0x20 || point == U'\r' || point == U'\t') points.push_back(point);
  }
  return points;
}

}  // namespace pf::host
