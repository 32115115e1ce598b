#include "host/stream/client_name.h"

#include "core/wire/utf8.h"

namespace pf::host {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t shown_digits = 8;

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    // C1 controls are two bytes in UTF-8: 0xC2 and 0x80 to 0x9F.
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    if (c < 0x20 || c == 0x7F || c1)
      out += '?';
    else
      out += text[i];
  }
  return out;
}

std::string client_name(std::string_view said, const control::Fingerprint& peer) {
  if (said.empty()) return "client " + control::to_hex(peer).substr(0, shown_digits);
  return printable(wire::utf8_head(said, longest_name));
}

}  // namespace pf::host
