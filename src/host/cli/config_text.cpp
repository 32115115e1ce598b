#include "host/cli/config_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/wire/utf8.h"

namespace pf::host {
namespace {

constexpr char mark = '~';
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7F;
}

void append_plain(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x80 && c != mark)
    out += c;
  else
    out += fmt::format("{}{:02x}", mark, byte);
}

}  // namespace

Result<std::string> to_plain_text(std::string_view text, const std::string& origin) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string plain;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    if (std::ranges::any_of(line, is_control))
      return fail(ErrorCode::malformed, fmt::format("{}:{}: holds a control character", origin, number));
    if (!wire::valid_utf8(line))
      return fail(ErrorCode::malformed, fmt::format("{}:{}: is not UTF-8 text", origin, number));
    for (const char c : line) append_plain(plain, c);
    if (end < text.size()) plain += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return plain;
}

std::string from_plain_text(std::string_view plain) {
  std::string text;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    unsigned byte = 0;
    const auto digits = plain.substr(i).substr(0, 3);
    const auto* const last = digits.data() + digits.size();
    const bool marked =
        digits.size() == 3 && digits[0] == mark && std::from_chars(digits.data() + 1, last, byte, 16).ptr == last;
    text += marked ? static_cast<char>(byte) : plain[i];
    if (marked) i += 2;
  }
  return text;
}

}  // namespace pf::host
