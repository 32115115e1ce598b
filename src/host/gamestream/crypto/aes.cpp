#include "host/gamestream/crypto/aes.h"

#include <openssl/evp.h>

#include <memory>

namespace pf::host::gamestream {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

std::unexpected<Error> broken() {
  return fail(ErrorCode::internal, "OpenSSL refuses AES-128");
}

Context gcm_context(const StreamKey& key, std::span<const std::byte> iv, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  if (!context ||
      EVP_CipherInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, nullptr, nullptr, encrypt ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr) != 1 ||
      EVP_CipherInit_ex(context.get(), nullptr, nullptr, raw(key.data()), raw(iv.data()), encrypt ? 1 : 0) != 1)
    return nullptr;
  return context;
}

}  // namespace

Result<void> gcm_seal(const StreamKey& key, std::span<const std::byte> iv, std::span<std::byte> text,
                      std::span<std::byte, gcm_tag_size> tag) {
  const auto context = gcm_context(key, iv, true);
  int size = 0;
  if (!context ||
      EVP_CipherUpdate(context.get(), raw(text.data()), &size, raw(text.data()), static_cast<int>(text.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), raw(text.data()) + size, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) != 1)
    return broken();
  return {};
}

Result<void> gcm_open(const StreamKey& key, std::span<const std::byte> iv, std::span<std::byte> text,
                      std::span<const std::byte, gcm_tag_size> tag) {
  const auto context = gcm_context(key, iv, false);
  int size = 0;
  std::array<std::byte, gcm_tag_size> expected{};  // OpenSSL takes it without const
  std::copy(tag.begin(), tag.end(), expected.begin());
  if (!context ||
      EVP_CipherUpdate(context.get(), raw(text.data()), &size, raw(text.data()), static_cast<int>(text.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(expected.size()), expected.data()) !=
          1)
    return broken();
  if (EVP_CipherFinal_ex(context.get(), raw(text.data()) + size, &size) != 1)
    return fail(ErrorCode::unauthenticated, "the message was not sealed with the session's key");
  return {};
}

void CbcEncryptor::Free::operator()(EVP_CIPHER_CTX* context) const {
  EVP_CIPHER_CTX_free(context);
}

Result<CbcEncryptor> CbcEncryptor::create(const StreamKey& key) {
  Context context(EVP_CIPHER_CTX_new());
  if (!context || EVP_EncryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, raw(key.data()), nullptr) != 1)
    return broken();
  return CbcEncryptor(std::move(context));
}

Result<void> CbcEncryptor::encrypt(std::span<const std::byte, 16> iv, std::span<const std::byte> text,
                                   std::vector<std::byte>& out) {
  out.resize((text.size() / 16 + 1) * 16);
  int size = 0;
  int rest = 0;
  if (EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, raw(iv.data())) != 1 ||
      EVP_EncryptUpdate(context_.get(), raw(out.data()), &size, raw(text.data()), static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context_.get(), raw(out.data()) + size, &rest) != 1)
    return broken();
  return {};
}

}  // namespace pf::host::gamestream
