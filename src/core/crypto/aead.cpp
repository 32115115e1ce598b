#include "core/crypto/aead.h"

#include "core/crypto/aead_backend.h"

namespace pf::crypto {

Aes128Gcm::Aes128Gcm(std::unique_ptr<AeadBackend> backend) : backend_(std::move(backend)) {}
Aes128Gcm::~Aes128Gcm() = default;
Aes128Gcm::Aes128Gcm(Aes128Gcm&&) noexcept = default;
Aes128Gcm& Aes128Gcm::operator=(Aes128Gcm&&) noexcept = default;

Result<Aes128Gcm> Aes128Gcm::create(const AeadKey& key) {
  if (auto fast = make_multi_buffer_aead(key)) return Aes128Gcm(std::move(fast));
  auto made = make_library_aead(key);
  if (!made) return std::unexpected(made.error());
  return Aes128Gcm(std::move(*made));
}

Result<void> Aes128Gcm::seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                             std::span<std::byte, aead_tag_size> tag) {
  return backend_->seal(nonce, aad, text, tag);
}

Result<void> Aes128Gcm::open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                             std::span<const std::byte, aead_tag_size> tag) {
  return backend_->open(nonce, aad, text, tag);
}

}  // namespace pf::crypto
