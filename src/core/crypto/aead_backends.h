// Where an Aead comes from: the crypto library that everything else uses, or a faster one where there is one.
#pragma once

#include <memory>

#include "core/base/error.h"
#include "core/crypto/aead.h"

namespace pf::crypto {

/// OpenSSL's or libgcrypt's. Errors: internal.
Result<std::unique_ptr<Aead>> make_library_aead(const AeadKey& key);

/// Intel's multi-buffer library, whose calls cost a fraction of those of the general libraries. nullptr where this
/// build does without, and where this processor runs the key's cipher no faster by it.
std::unique_ptr<Aead> make_multi_buffer_aead(const AeadKey& key);

}  // namespace pf::crypto
