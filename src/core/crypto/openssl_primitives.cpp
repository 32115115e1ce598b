// OpenSSL 3 behind primitives.h, hash.h and aead.h.
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "core/base/owned.h"
#include "core/crypto/aead_backends.h"
#include "core/crypto/primitives.h"

namespace pf::crypto {
namespace {

using Bn = Owned<BIGNUM, BN_clear_free>;
using BnCtx = Owned<BN_CTX, BN_CTX_free>;
using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_clear_free>;
using CipherCtx = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

const unsigned char* raw(std::span<const std::byte> s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* room(std::span<std::byte> s) {
  return reinterpret_cast<unsigned char*>(s.data());
}

std::unexpected<Error> no_point() {
  return fail(ErrorCode::malformed, "not a point of P-256");
}
std::unexpected<Error> failed() {
  return fail(ErrorCode::internal, "OpenSSL failed");
}

/// Hashing fails only where the library is broken or out of memory: a wrong digest would be worse than the end.
void require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "punktfunk: OpenSSL cannot %s\n", what);
  std::abort();
}

/// The curve with room to work on it; made anew for each pairing, which is rare.
struct Curve {
  Group group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  BnCtx ctx{BN_CTX_new()};

  [[nodiscard]] Point point() const { return Point(EC_POINT_new(group.get())); }
  [[nodiscard]] Result<Point> decode(std::span<const std::byte> bytes) const {
    auto p = point();
    // oct2point checks that the point is on the curve, but takes other forms too, infinity among them.
    if (bytes.size() != p256_point_size || bytes[0] != std::byte{POINT_CONVERSION_UNCOMPRESSED} ||
        EC_POINT_oct2point(group.get(), p.get(), raw(bytes), bytes.size(), ctx.get()) != 1) {
      return no_point();
    }
    return p;
  }
  [[nodiscard]] Result<P256Point> encode(const Point& p) const {
    P256Point out{};
    if (EC_POINT_is_at_infinity(group.get(), p.get()) == 1) return no_point();
    if (EC_POINT_point2oct(group.get(), p.get(), POINT_CONVERSION_UNCOMPRESSED, room(out), out.size(), ctx.get()) !=
        out.size()) {
      return failed();
    }
    return out;
  }
};

Bn number(std::span<const std::byte> bytes) {
  Bn n(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
  if (n) BN_set_flags(n.get(), BN_FLG_CONSTTIME);
  return n;
}

Result<P256Scalar> scalar(const Bn& n) {
  P256Scalar out{};
  if (BN_bn2binpad(n.get(), room(out), static_cast<int>(out.size())) != static_cast<int>(out.size())) return failed();
  return out;
}

}  // namespace

Digest sha256(std::span<const std::byte> data) {
  Digest out{};
  require(SHA256(raw(data), data.size(), room(out)) != nullptr, "compute SHA-256");
  return out;
}

Digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data) {
  Digest out{};
  // HMAC() takes a null pointer for "the same key again", or fails on it.
  static constexpr unsigned char none = 0;
  require(HMAC(EVP_sha256(), key.empty() ? &none : raw(key), static_cast<int>(key.size()),
               data.empty() ? &none : raw(data), data.size(), room(out), nullptr) != nullptr,
          "compute HMAC-SHA-256");
  return out;
}

void random_bytes(std::span<std::byte> out) {
  require(RAND_bytes(room(out), static_cast<int>(out.size())) == 1, "get random bytes from the operating system");
}

bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::byte> secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
}

Result<void> scrypt(std::span<const std::byte> password, std::span<const std::byte> salt, std::span<std::byte> out) {
  constexpr std::uint64_t most_memory = 64u << 20;
  const int done = EVP_PBE_scrypt(reinterpret_cast<const char*>(password.data()), password.size(), raw(salt),
                                  salt.size(), 1u << 14, 8, 1, most_memory, room(out), out.size());
  if (done != 1) return failed();
  return {};
}

Result<P256Scalar> p256_reduce(std::span<const std::byte> bytes) {
  const Curve curve;
  const auto n = number(bytes);
  const Bn out(BN_new());
  if (!n || !out || BN_nnmod(out.get(), n.get(), EC_GROUP_get0_order(curve.group.get()), curve.ctx.get()) != 1)
    return failed();
  return scalar(out);
}

Result<P256Scalar> p256_random_scalar() {
  const Curve curve;
  const Bn out(BN_new());
  do {
    if (!out || BN_priv_rand_range(out.get(), EC_GROUP_get0_order(curve.group.get())) != 1) return failed();
  } while (BN_is_zero(out.get()));
  return scalar(out);
}

Result<P256Point> p256_decode(std::span<const std::byte> bytes) {
  const Curve curve;
  const auto p = curve.decode(bytes);
  if (!p) return std::unexpected(p.error());
  return curve.encode(*p);
}

Result<P256Point> p256_base_plus(const P256Scalar& a, const P256Scalar& b, const P256Point& p) {
  const Curve curve;
  const auto point = curve.decode(p);
  if (!point) return std::unexpected(point.error());
  const auto sum = curve.point();
  const auto of_base = curve.point();
  const auto na = number(a);
  const auto nb = number(b);
  auto* const group = curve.group.get();
  auto* const ctx = curve.ctx.get();
  // One product at a time: both in one call are not in constant time on every machine.
  if (EC_POINT_mul(group, of_base.get(), na.get(), nullptr, nullptr, ctx) != 1 ||
      EC_POINT_mul(group, sum.get(), nullptr, point->get(), nb.get(), ctx) != 1 ||
      EC_POINT_add(group, sum.get(), sum.get(), of_base.get(), ctx) != 1) {
    return failed();
  }
  return curve.encode(sum);
}

Result<P256Point> p256_difference_times(const P256Scalar& a, const P256Point& p, const P256Scalar& b,
                                        const P256Point& q) {
  const Curve curve;
  const auto pp = curve.decode(p);
  const auto qq = curve.decode(q);
  if (!pp || !qq) return no_point();
  const auto product = curve.point();
  const auto nb = number(b);
  const auto na = number(a);
  auto* const group = curve.group.get();
  auto* const ctx = curve.ctx.get();
  if (EC_POINT_mul(group, product.get(), nullptr, qq->get(), nb.get(), ctx) != 1 ||
      EC_POINT_invert(group, product.get(), ctx) != 1 ||
      EC_POINT_add(group, product.get(), pp->get(), product.get(), ctx) != 1 ||
      EC_POINT_mul(group, product.get(), nullptr, product.get(), na.get(), ctx) != 1) {
    return failed();
  }
  return curve.encode(product);
}

// --- AEAD ---

namespace {

class OpensslAead final : public Aead {
 public:
  [[nodiscard]] bool set_key(const EVP_CIPHER* cipher, std::span<const std::byte> key) {
    return seal_ && open_ && EVP_EncryptInit_ex(seal_.get(), cipher, nullptr, raw(key), nullptr) == 1 &&
           EVP_DecryptInit_ex(open_.get(), cipher, nullptr, raw(key), nullptr) == 1;
  }

  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<const std::byte> plain,
                    std::span<std::byte> text, std::span<std::byte, aead_tag_size> tag) override {
    auto* const ctx = seal_.get();
    int n = 0;
    if (EVP_EncryptInit_ex(ctx, nullptr, nullptr, nullptr, raw(nonce)) != 1 ||
        EVP_EncryptUpdate(ctx, nullptr, &n, raw(aad), static_cast<int>(aad.size())) != 1 ||
        EVP_EncryptUpdate(ctx, room(text), &n, raw(plain), static_cast<int>(plain.size())) != 1 ||
        EVP_EncryptFinal_ex(ctx, room(text), &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) != 1) {
      return failed();
    }
    return {};
  }

  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag) override {
    auto* const ctx = open_.get();
    std::array<std::byte, aead_tag_size> expected{};
    std::copy(tag.begin(), tag.end(), expected.begin());
    int n = 0;
    if (EVP_DecryptInit_ex(ctx, nullptr, nullptr, nullptr, raw(nonce)) != 1 ||
        EVP_DecryptUpdate(ctx, nullptr, &n, raw(aad), static_cast<int>(aad.size())) != 1 ||
        EVP_DecryptUpdate(ctx, room(text), &n, raw(text), static_cast<int>(text.size())) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(expected.size()), expected.data()) != 1) {
      return failed();
    }
    if (EVP_DecryptFinal_ex(ctx, room(text), &n) != 1)
      return fail(ErrorCode::unauthenticated, "a sealed packet is not authentic");
    return {};
  }

 private:
  CipherCtx seal_{EVP_CIPHER_CTX_new()};
  CipherCtx open_{EVP_CIPHER_CTX_new()};
};

}  // namespace

Result<std::unique_ptr<Aead>> make_library_aead(const AeadKey& key) {
  auto aead = std::make_unique<OpensslAead>();
  const auto* aes = std::get_if<Aes128GcmKey>(&key);
  const bool set = aes != nullptr ? aead->set_key(EVP_aes_128_gcm(), *aes)
                                  : aead->set_key(EVP_chacha20_poly1305(), std::get<ChaCha20Poly1305Key>(key));
  if (!set) return failed();
  return aead;
}

}  // namespace pf::crypto
