// Control messages with and without their seal, and the input packets inside them, from a client that lies.
#include <cstdint>
#include <span>

#include "fuzz/require.h"
#include "host/gamestream/control/control_cipher.h"
#include "host/gamestream/control/control_messages.h"
#include "host/gamestream/input/input_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  using namespace pf::host::gamestream;
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const bool v2 : {false, true}) {
    const auto opened = ControlCipher({}, v2).open(bytes);
    fuzz::require(!opened || opened->size() + 24 == size);
  }
  const auto message = decode_control(bytes);
  if (!message || !*message) return 0;
  if (const auto* input = std::get_if<InputMessage>(&**message)) (void)decode_input(input->packet);
  return 0;
}
