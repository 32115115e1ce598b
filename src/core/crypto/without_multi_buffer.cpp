// What a build without intel-ipsec-mb says.
#include "core/crypto/aead_backends.h"

namespace pf::crypto {

std::unique_ptr<Aead> make_multi_buffer_aead(const AeadKey&) {
  return nullptr;
}

}  // namespace pf::crypto
