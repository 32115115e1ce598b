// Lines of text from outside: modes, probe scripts, and what hosts announce.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "client/probe/script.h"
#include "control/discovery/announcement.h"
#include "core/base/units.h"
#include "core/wire/utf8.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= text.size() && lines.size() < 64;) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = lines_of(text);
  for (const auto& line : lines) {
    if (const auto mode = Mode::parse(line)) {
      const auto again = Mode::parse(mode->to_string());
      fuzz::require(mode->valid() && again && *again == *mode);
    }
    (void)client::script::parse_line(line);
    if (wire::valid_utf8(line)) fuzz::require(wire::valid_utf8(control::service_name(line)));
    const auto shown = wire::printable(line);
    fuzz::require(std::ranges::none_of(shown, [](unsigned char c) { return c < 0x20 || c == 0x7F; }));
    if (wire::valid_utf8(line)) fuzz::require(wire::valid_utf8(shown) && shown.find("\xC2\x9B") == std::string::npos);
  }
  control::Announcement announcement;
  control::read_txt(lines, announcement);
  fuzz::require(announcement.min_protocol <= announcement.max_protocol);
  return 0;
}
