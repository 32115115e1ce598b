#include "host/gamestream/pairing/pin_cipher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "core/crypto/hash.h"

namespace pf::host::gamestream {

PinCipher::PinCipher(const PinBlock& salt, std::string_view pin) {
  std::vector<std::byte> salted(salt.begin(), salt.end());
  for (const char digit : pin) salted.push_back(static_cast<std::byte>(digit));
  const auto digest = crypto::sha256(salted);
  std::copy_n(digest.begin(), key_.size(), key_.begin());
}

Result<std::vector<std::byte>> PinCipher::encrypt(std::span<const std::byte> text) const {
  return run(text, true);
}

Result<std::vector<std::byte>> PinCipher::decrypt(std::span<const std::byte> text) const {
  return run(text, false);
}

Result<std::vector<std::byte>> PinCipher::run(std::span<const std::byte> text, bool encrypting) const {
  if (text.empty() || text.size() % pin_block != 0)
    return fail(ErrorCode::malformed, "not a whole number of cipher blocks");
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  std::vector<std::byte> out(text.size());
  int size = 0;
  if (EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, reinterpret_cast<const unsigned char*>(key_.data()),
                        nullptr, encrypting ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size())) != 1) {
    return fail(ErrorCode::internal, "OpenSSL could not run AES-128-ECB");
  }
  return out;
}

}  // namespace pf::host::gamestream
