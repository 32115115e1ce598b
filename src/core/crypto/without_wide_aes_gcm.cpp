// What a build for other processors says.
#include "core/crypto/aead_backends.h"

namespace pf::crypto {

std::unique_ptr<Aead> make_wide_aead(const AeadKey&) {
  return nullptr;
}

}  // namespace pf::crypto
