// GameStream's input packets to the events that a session's input thread takes.
#pragma once

#include <cstdint>

#include "host/gamestream/input/contact_translator.h"
#include "host/gamestream/input/input_packet.h"
#include "host/gamestream/input/pad_translator.h"
#include "host/gamestream/input/translated_input.h"

namespace pf::host::gamestream {

/// Remembers where the pointer and which modifiers are. One client, one thread.
class InputTranslator {
 public:
  TranslatedInput translate(const InputPacket& packet);

 private:
  struct Translate;
  wire::PointerState& moved();

  wire::PointerState pointer_;
  std::uint8_t held_modifiers_ = 0;  // by keys of their own; key_modifier
  ContactTranslator contacts_;
  PadTranslator pads_;
};

}  // namespace pf::host::gamestream
