// The part of docs/protocol.md's vectors that needs keys: what is derived, sealed and proved.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include "unit/core_wire/protocol_page.h"

namespace pf::test {

using Check = std::function<void(const PageVector&)>;

/// Adds a check for each vector of the page's keys, sealed packets and pairing. `page` outlives them.
void add_crypto_checks(const ProtocolPage& page, std::map<std::string, Check>& checks);

/// Whether an opener with the key of the vector "sealed-audio" refuses this packet.
bool refused_under_the_audio_key(const ProtocolPage& page, std::span<const std::byte> packet);

}  // namespace pf::test
