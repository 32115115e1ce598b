// What a build without intel-ipsec-mb says.
#include "core/crypto/aead_backend.h"

namespace pf::crypto {

std::unique_ptr<AeadBackend> make_multi_buffer_aead(const AeadKey&) {
  return nullptr;
}

}  // namespace pf::crypto
