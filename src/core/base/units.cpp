#include "core/base/units.h"

#include <charconv>

namespace pf {
namespace {

bool take_number(std::string_view& text, std::uint32_t& out) {
  const auto* first = text.data();
  const auto [end, ec] = std::from_chars(first, first + text.size(), out);
  if (ec != std::errc{} || end == first) return false;
  text.remove_prefix(static_cast<std::size_t>(end - first));
  return true;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Up to three decimals of a hertz; returns thousandths.
bool take_fraction(std::string_view& text, std::uint32_t& out) {
  std::uint32_t scale = 100;
  std::size_t digits = 0;
  out = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    out += static_cast<std::uint32_t>(text[digits] - '0') * scale;
    scale /= 10;
    ++digits;
  }
  text.remove_prefix(digits);
  return digits > 0 && digits <= 3;
}

}  // namespace

bool Mode::valid() const {
  return width >= 320 && width <= 7680 && height >= 200 && height <= 4320 && refresh_mhz >= 1'000 &&
         refresh_mhz <= 500'000;
}

std::string Mode::to_string() const {
  std::string text = std::to_string(width) + "x" + std::to_string(height) + "@" + std::to_string(refresh_mhz / 1000);
  if (const auto fraction = refresh_mhz % 1000; fraction != 0) {
    std::string digits = std::to_string(1000 + fraction).substr(1);
    while (digits.back() == '0') digits.pop_back();
    text += "." + digits;
  }
  return text;
}

Result<Mode> Mode::parse(std::string_view text) {
  const std::string_view whole = text;
  Mode mode{.refresh_mhz = 60'000};
  bool ok = take_number(text, mode.width) && take_char(text, 'x') && take_number(text, mode.height);
  if (ok && take_char(text, '@')) {
    std::uint32_t hertz = 0;
    std::uint32_t fraction = 0;
    ok = take_number(text, hertz) && hertz <= 500;
    if (ok && take_char(text, '.')) ok = take_fraction(text, fraction);
    mode.refresh_mhz = hertz * 1000 + fraction;
  }
  if (!ok || !text.empty()) {
    return fail(ErrorCode::invalid_argument,
                "'" + std::string(whole) + "' is not a display mode; write it as 1920x1080@60");
  }
  if (!mode.valid()) {
    return fail(ErrorCode::invalid_argument,
                "display mode " + std::string(whole) + " is outside 320x200 to 7680x4320 at 1 to 500 Hz");
  }
  return mode;
}

}  // namespace pf
