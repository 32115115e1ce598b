// Touches and pens of GameStream's packets to this host's events: what begins or ends is reliable, what moves is
// newest.
#pragma once

#include "host/gamestream/input/input_packet.h"
#include "host/gamestream/input/touch_tracker.h"
#include "host/gamestream/input/translated_input.h"

namespace pf::host::gamestream {

/// One client, one thread.
class ContactTranslator {
 public:
  void translate(const TouchPacket& packet, TranslatedInput& out);
  void translate(const PenPacket& packet, TranslatedInput& out);

 private:
  TouchTracker screen_;
  wire::PenState pen_;
};

}  // namespace pf::host::gamestream
