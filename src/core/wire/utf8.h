// Whether text from outside is UTF-8 (RFC 3629), where it may be cut, and how it is shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pf::wire {

/// No overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool valid_utf8(std::string_view text);

/// The longest head of `text` of at most `most` bytes that does not cut a character. `text` is valid UTF-8.
[[nodiscard]] std::string_view utf8_head(std::string_view text, std::size_t most);

/// Without control characters (C0, delete, C1), which could write what they like into a terminal: each is a '?'. Of
/// UTF-8 it makes UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace pf::wire
