#include "core/crypto/aead.h"

#include "core/crypto/aead_backends.h"

namespace pf::crypto {

Result<std::unique_ptr<Aead>> make_aead(const AeadKey& key) {
  if (auto fast = make_multi_buffer_aead(key)) return fast;
  return make_library_aead(key);
}

}  // namespace pf::crypto
