// AES-128-GCM by intel-ipsec-mb: whole packets in one call, on AES-NI, VAES or AVX-512, whichever the processor has.
#include <intel-ipsec-mb.h>

#include <array>

#include "core/crypto/aead_backend.h"
#include "core/crypto/hash.h"
#include "core/crypto/primitives.h"

namespace pf::crypto {
namespace {

using Manager = std::unique_ptr<IMB_MGR, decltype(&free_mb_mgr)>;

/// The functions for this processor; they keep no state between calls, so all threads share them. nullptr without
/// AES-NI.
const IMB_MGR* functions() {
  static const Manager manager = [] {
    Manager made(alloc_mb_mgr(0), &free_mb_mgr);
    if (made == nullptr || (made->features & IMB_FEATURE_AESNI) == 0) return Manager(nullptr, &free_mb_mgr);
    IMB_ARCH chosen = IMB_ARCH_NONE;
    init_mb_mgr_auto(made.get(), &chosen);
    // Without AES-NI the library falls back to code whose time depends on the key.
    if (chosen == IMB_ARCH_NONE || chosen == IMB_ARCH_NOAESNI) made.reset();
    return made;
  }();
  return manager.get();
}

class MultiBufferAead final : public AeadBackend {
 public:
  MultiBufferAead(const IMB_MGR& with, const AeadKey& key) : with_(with) { with_.gcm128_pre(key.data(), &key_); }
  MultiBufferAead(const MultiBufferAead&) = delete;
  MultiBufferAead& operator=(const MultiBufferAead&) = delete;
  ~MultiBufferAead() override { wipe(std::as_writable_bytes(std::span(&key_, 1))); }

  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<std::byte, aead_tag_size> tag) override {
    with_.gcm128_enc(&key_, &context_, octets(text), octets(text), text.size(), octets(nonce), octets(aad), aad.size(),
                     octets(std::span<std::byte>(tag)), tag.size());
    return {};
  }

  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag) override {
    std::array<std::byte, aead_tag_size> computed{};
    with_.gcm128_dec(&key_, &context_, octets(text), octets(text), text.size(), octets(nonce), octets(aad), aad.size(),
                     octets(std::span<std::byte>(computed)), computed.size());
    if (!equal_constant_time(computed, tag))
      return fail(ErrorCode::unauthenticated, "a sealed packet is not authentic");
    return {};
  }

 private:
  static std::uint8_t* octets(std::span<std::byte> bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); }
  static const std::uint8_t* octets(std::span<const std::byte> bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
  }

  const IMB_MGR& with_;
  gcm_key_data key_;
  gcm_context_data context_;
};

}  // namespace

std::unique_ptr<AeadBackend> make_multi_buffer_aead(const AeadKey& key) {
  const auto* with = functions();
  if (with == nullptr) return nullptr;
  return std::make_unique<MultiBufferAead>(*with, key);
}

}  // namespace pf::crypto
