// AEAD by intel-ipsec-mb: whole packets by AES-NI, VAES or AVX-512, whichever the processor has.
#include <intel-ipsec-mb.h>

#include <array>
#include <cstdint>

#include "core/crypto/aead_backends.h"
#include "core/crypto/hash.h"
#include "core/crypto/primitives.h"

namespace pf::crypto {
namespace {

using Manager = std::unique_ptr<IMB_MGR, decltype(&free_mb_mgr)>;

/// The functions for this processor; they keep no state between calls, so all threads share them. nullptr without
/// AES-NI.
struct Functions {
  Manager manager{nullptr, &free_mb_mgr};
  IMB_ARCH arch = IMB_ARCH_NONE;
};

const Functions& functions() {
  static const Functions functions = [] {
    Functions made;
    made.manager.reset(alloc_mb_mgr(0));
    if (made.manager == nullptr || (made.manager->features & IMB_FEATURE_AESNI) == 0) return Functions{};
    init_mb_mgr_auto(made.manager.get(), &made.arch);
    // Without AES-NI the library falls back to code whose time depends on the key.
    if (made.arch == IMB_ARCH_NONE || made.arch == IMB_ARCH_NOAESNI) return Functions{};
    return made;
  }();
  return functions;
}

std::uint8_t* octets(std::span<std::byte> bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}
const std::uint8_t* octets(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

Result<void> compare(const std::array<std::byte, aead_tag_size>& computed,
                     std::span<const std::byte, aead_tag_size> tag) {
  if (!equal_constant_time(computed, tag)) return fail(ErrorCode::unauthenticated, "a sealed packet is not authentic");
  return {};
}

class MultiBufferAes final : public Aead {
 public:
  MultiBufferAes(const IMB_MGR& with, const Aes128GcmKey& key) : with_(with) { with_.gcm128_pre(key.data(), &key_); }
  MultiBufferAes(const MultiBufferAes&) = delete;
  MultiBufferAes& operator=(const MultiBufferAes&) = delete;
  ~MultiBufferAes() override {
    wipe(std::as_writable_bytes(std::span(&key_, 1)));
    wipe(std::as_writable_bytes(std::span(&context_, 1)));
  }

  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<const std::byte> plain,
                    std::span<std::byte> text, std::span<std::byte, aead_tag_size> tag) override {
    with_.gcm128_enc(&key_, &context_, octets(text), octets(plain), text.size(), octets(nonce), octets(aad), aad.size(),
                     octets(std::span<std::byte>(tag)), tag.size());
    return {};
  }

  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag) override {
    std::array<std::byte, aead_tag_size> computed{};
    with_.gcm128_dec(&key_, &context_, octets(text), octets(text), text.size(), octets(nonce), octets(aad), aad.size(),
                     octets(std::span<std::byte>(computed)), computed.size());
    return compare(computed, tag);
  }

 private:
  const IMB_MGR& with_;
  gcm_key_data key_;
  gcm_context_data context_;
};

class MultiBufferChaCha final : public Aead {
 public:
  MultiBufferChaCha(const IMB_MGR& with, const ChaCha20Poly1305Key& key) : with_(with), key_(key) {}
  MultiBufferChaCha(const MultiBufferChaCha&) = delete;
  MultiBufferChaCha& operator=(const MultiBufferChaCha&) = delete;
  ~MultiBufferChaCha() override {
    wipe(key_);
    wipe(std::as_writable_bytes(std::span(&context_, 1)));
  }

  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<const std::byte> plain,
                    std::span<std::byte> text, std::span<std::byte, aead_tag_size> tag) override {
    with_.chacha20_poly1305_init(key_.data(), &context_, octets(nonce), octets(aad), aad.size());
    with_.chacha20_poly1305_enc_update(key_.data(), &context_, octets(text), octets(plain), text.size());
    with_.chacha20_poly1305_finalize(&context_, octets(std::span<std::byte>(tag)), tag.size());
    return {};
  }

  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag) override {
    std::array<std::byte, aead_tag_size> computed{};
    with_.chacha20_poly1305_init(key_.data(), &context_, octets(nonce), octets(aad), aad.size());
    with_.chacha20_poly1305_dec_update(key_.data(), &context_, octets(text), octets(text), text.size());
    with_.chacha20_poly1305_finalize(&context_, octets(std::span<std::byte>(computed)), computed.size());
    return compare(computed, tag);
  }

 private:
  const IMB_MGR& with_;
  ChaCha20Poly1305Key key_;
  chacha20_poly1305_context_data context_;
};

}  // namespace

std::unique_ptr<Aead> make_multi_buffer_aead(const AeadKey& key) {
  const auto& [manager, arch] = functions();
  if (manager == nullptr) return nullptr;
  if (const auto* aes = std::get_if<Aes128GcmKey>(&key)) return std::make_unique<MultiBufferAes>(*manager, *aes);
  // With narrower registers the library's ChaCha20 is no faster than OpenSSL's.
  if (arch != IMB_ARCH_AVX512) return nullptr;
  return std::make_unique<MultiBufferChaCha>(*manager, std::get<ChaCha20Poly1305Key>(key));
}

}  // namespace pf::crypto
