#include "host/stream/client_name.h"

#include "core/wire/utf8.h"

namespace pf::host {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t shown_digits = 8;

}  // namespace

std::string client_name(std::string_view said, const control::Fingerprint& peer) {
  if (said.empty()) return "client " + control::to_hex(peer).substr(0, shown_digits);
  return wire::printable(wire::utf8_head(said, longest_name));
}

}  // namespace pf::host
