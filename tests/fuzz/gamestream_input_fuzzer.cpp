// Input packets one after the other, as they reach the input thread: u8 size, packet, and so on.
#include <cstdint>
#include <map>
#include <span>
#include <variant>

#include "fuzz/require.h"
#include "host/gamestream/input/input_translator.h"

namespace {

using namespace pf;

void check(const wire::ReliableInput& event) {
  const auto bytes = wire::encode_input(event);
  const auto same = wire::decode_input(std::span(bytes).subspan(2));
  fuzz::require(same && *same && **same == event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf::host::gamestream;
  auto rest = std::as_bytes(std::span(data, size));
  InputTranslator translator;
  while (!rest.empty()) {
    const auto length = std::min<std::size_t>(std::to_integer<std::size_t>(rest[0]), rest.size() - 1);
    const auto packet = decode_input(rest.subspan(1, length));
    rest = rest.subspan(1 + length);
    if (!packet || !*packet) continue;
    const auto translated = translator.translate(**packet);
    for (const auto& event : translated.events) check(event);
    for (const auto& motion : translated.motion) {
      if (const auto* touch = std::get_if<wire::TouchMotion>(&motion))
        fuzz::require(touch->contacts.size() <= wire::max_touch_contacts);
      if (const auto* touch = std::get_if<wire::GamepadTouchMotion>(&motion))
        fuzz::require(touch->motion.contacts.size() <= wire::max_touch_contacts);
    }
  }
  return 0;
}
