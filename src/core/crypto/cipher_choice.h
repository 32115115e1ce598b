// Which cipher a connection's media gets. docs/protocol.md, "Media keys".
#pragma once

#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/media_cipher.h"

namespace pf::crypto {

/// What a client offers, best first. AES without hardware is slow, and in most software its time gives the key away.
std::vector<MediaCipher> cipher_preference(bool aes_in_hardware);

/// The host's choice: AES-128-GCM where both sides have it in hardware, which a client says by putting it first;
/// otherwise ChaCha20-Poly1305 where the client can. AES-128-GCM is the one that everybody can.
MediaCipher choose_cipher(std::span<const MediaCipher> offered, bool aes_in_hardware);
/// The client's look at that. Errors: malformed (it is none of those that were offered).
Result<void> check_choice(std::span<const MediaCipher> offered, MediaCipher chosen);

}  // namespace pf::crypto
