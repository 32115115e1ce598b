// libgcrypt behind primitives.h, hash.h and aead.h.
#include <gcrypt.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "core/crypto/aead_backends.h"
#include "core/crypto/primitives.h"

namespace pf::crypto {
namespace {

/// libgcrypt wants to be told once per process that its start-up is over.
void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) return;
    gcry_check_version(nullptr);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
  });
}

struct FreeMpi {
  void operator()(gcry_mpi* n) const { gcry_mpi_release(n); }
};
struct FreePoint {
  void operator()(gcry_mpi_point* p) const { gcry_mpi_point_release(p); }
};
struct FreeCtx {
  void operator()(gcry_context* c) const { gcry_ctx_release(c); }
};
struct FreeCipher {
  void operator()(gcry_cipher_handle* c) const { gcry_cipher_close(c); }
};
using Mpi = std::unique_ptr<gcry_mpi, FreeMpi>;
using Point = std::unique_ptr<gcry_mpi_point, FreePoint>;
using Context = std::unique_ptr<gcry_context, FreeCtx>;
using Cipher = std::unique_ptr<gcry_cipher_handle, FreeCipher>;

std::unexpected<Error> no_point() {
  return fail(ErrorCode::malformed, "not a point of P-256");
}
std::unexpected<Error> failed() {
  return fail(ErrorCode::internal, "libgcrypt failed");
}

Mpi number(std::span<const std::byte> bytes) {
  gcry_mpi_t n = nullptr;
  gcry_mpi_scan(&n, GCRYMPI_FMT_USG, bytes.data(), bytes.size(), nullptr);
  return Mpi(n);
}

/// Marked as secret: libgcrypt then multiplies in constant time and clears it when done.
Mpi secret_number(std::span<const std::byte> bytes) {
  auto n = number(bytes);
  if (n && gcry_mpi_cmp_ui(n.get(), 0) != 0) gcry_mpi_set_flag(n.get(), GCRYMPI_FLAG_SECURE);
  return n;
}

Result<P256Scalar> scalar(const Mpi& n) {
  P256Scalar out{};
  std::size_t size = 0;
  P256Scalar digits{};
  if (gcry_mpi_print(GCRYMPI_FMT_USG, reinterpret_cast<unsigned char*>(digits.data()), digits.size(), &size, n.get()) !=
      0)
    return failed();
  std::copy_n(digits.begin(), size, out.end() - static_cast<std::ptrdiff_t>(size));
  wipe(digits);
  return out;
}

struct Curve {
  Context ctx;
  Mpi order;

  static Result<Curve> open() {
    start_library();
    gcry_ctx_t ctx = nullptr;
    if (gcry_mpi_ec_new(&ctx, nullptr, "NIST P-256") != 0) return failed();
    Curve curve{Context(ctx), Mpi(gcry_mpi_ec_get_mpi("n", ctx, 1))};
    if (!curve.order) return failed();
    return curve;
  }
  [[nodiscard]] static Point point() { return Point(gcry_mpi_point_new(0)); }

  [[nodiscard]] Result<Point> decode(std::span<const std::byte> bytes) const {
    // By hand: libgcrypt's own decoder ends the process on 65 zeros.
    if (bytes.size() != p256_point_size || bytes[0] != std::byte{4}) return no_point();
    const auto x = number(bytes.subspan(1, p256_scalar_size));
    const auto y = number(bytes.subspan(1 + p256_scalar_size));
    const Mpi prime(gcry_mpi_ec_get_mpi("p", ctx.get(), 1));
    if (!x || !y || !prime) return failed();
    if (gcry_mpi_cmp(x.get(), prime.get()) >= 0 || gcry_mpi_cmp(y.get(), prime.get()) >= 0) return no_point();
    Point p(gcry_mpi_point_set(nullptr, x.get(), y.get(), GCRYMPI_CONST_ONE));
    if (gcry_mpi_ec_curve_point(p.get(), ctx.get()) == 0) return no_point();
    return p;
  }
  [[nodiscard]] Result<P256Point> encode(const Point& p) const {
    const Mpi x(gcry_mpi_new(256));
    const Mpi y(gcry_mpi_new(256));
    if (gcry_mpi_ec_get_affine(x.get(), y.get(), p.get(), ctx.get()) != 0) return no_point();
    const auto xs = scalar(x);
    const auto ys = scalar(y);
    if (!xs || !ys) return failed();
    P256Point out{};
    out[0] = std::byte{4};
    std::copy(xs->begin(), xs->end(), out.begin() + 1);
    std::copy(ys->begin(), ys->end(), out.begin() + 33);
    return out;
  }
};

}  // namespace

Digest sha256(std::span<const std::byte> data) {
  start_library();
  Digest out{};
  gcry_md_hash_buffer(GCRY_MD_SHA256, out.data(), data.data(), data.size());
  return out;
}

Digest hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> data) {
  start_library();
  Digest out{};
  gcry_mac_hd_t mac = nullptr;
  std::size_t size = out.size();
  if (gcry_mac_open(&mac, GCRY_MAC_HMAC_SHA256, 0, nullptr) != 0 || gcry_mac_setkey(mac, key.data(), key.size()) != 0 ||
      gcry_mac_write(mac, data.data(), data.size()) != 0 || gcry_mac_read(mac, out.data(), &size) != 0) {
    std::abort();
  }
  gcry_mac_close(mac);
  return out;
}

void random_bytes(std::span<std::byte> out) {
  start_library();
  gcry_randomize(out.data(), out.size(), GCRY_STRONG_RANDOM);
}

bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  if (a.size() != b.size()) return false;
  volatile unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = difference | std::to_integer<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

void wipe(std::span<std::byte> secret) {
  volatile std::byte* p = secret.data();
  for (std::size_t i = 0; i < secret.size(); ++i) p[i] = std::byte{0};
}

Result<void> scrypt(std::span<const std::byte> password, std::span<const std::byte> salt, std::span<std::byte> out) {
  start_library();
  // N as the subalgorithm and p as the iterations, as libgcrypt's manual maps them; r is 8.
  if (gcry_kdf_derive(password.data(), password.size(), GCRY_KDF_SCRYPT, 1 << 14, salt.data(), salt.size(), 1,
                      out.size(), out.data()) != 0) {
    return failed();
  }
  return {};
}

Result<P256Scalar> p256_reduce(std::span<const std::byte> bytes) {
  const auto curve = Curve::open();
  if (!curve) return std::unexpected(curve.error());
  const auto n = secret_number(bytes);
  const Mpi out(gcry_mpi_snew(256));
  if (!n) return failed();
  gcry_mpi_mod(out.get(), n.get(), curve->order.get());
  return scalar(out);
}

Result<P256Scalar> p256_random_scalar() {
  // 64 bits more than the order has make the remainder uniform enough (FIPS 186-5, A.4.1).
  std::array<std::byte, 40> wide{};
  P256Scalar zero{};
  for (;;) {
    random_bytes(wide);
    auto out = p256_reduce(wide);
    if (!out || *out != zero) {
      wipe(wide);
      return out;
    }
  }
}

Result<P256Point> p256_decode(std::span<const std::byte> bytes) {
  const auto curve = Curve::open();
  if (!curve) return std::unexpected(curve.error());
  const auto p = curve->decode(bytes);
  if (!p) return std::unexpected(p.error());
  return curve->encode(*p);
}

Result<P256Point> p256_base_plus(const P256Scalar& a, const P256Scalar& b, const P256Point& p) {
  const auto curve = Curve::open();
  if (!curve) return std::unexpected(curve.error());
  auto* const ctx = curve->ctx.get();
  const auto point = curve->decode(p);
  if (!point) return std::unexpected(point.error());
  const Point base(gcry_mpi_ec_get_point("g", ctx, 1));
  const auto left = Curve::point();
  const auto right = Curve::point();
  gcry_mpi_ec_mul(left.get(), secret_number(a).get(), base.get(), ctx);
  gcry_mpi_ec_mul(right.get(), secret_number(b).get(), point->get(), ctx);
  gcry_mpi_ec_add(left.get(), left.get(), right.get(), ctx);
  return curve->encode(left);
}

Result<P256Point> p256_difference_times(const P256Scalar& a, const P256Point& p, const P256Scalar& b,
                                        const P256Point& q) {
  const auto curve = Curve::open();
  if (!curve) return std::unexpected(curve.error());
  auto* const ctx = curve->ctx.get();
  const auto pp = curve->decode(p);
  const auto qq = curve->decode(q);
  if (!pp || !qq) return no_point();
  const auto product = Curve::point();
  // libgcrypt subtracts no points of this kind of curve: add the multiple by the order less b.
  const Mpi negative(gcry_mpi_snew(256));
  gcry_mpi_subm(negative.get(), curve->order.get(), secret_number(b).get(), curve->order.get());
  gcry_mpi_ec_mul(product.get(), negative.get(), qq->get(), ctx);
  gcry_mpi_ec_add(product.get(), pp->get(), product.get(), ctx);
  // The constant-time product wants a result of its own.
  const auto result = Curve::point();
  gcry_mpi_ec_mul(result.get(), secret_number(a).get(), product.get(), ctx);
  return curve->encode(result);
}

// --- AEAD ---

namespace {

class GcryptAead final : public Aead {
 public:
  explicit GcryptAead(Cipher cipher) : cipher_(std::move(cipher)) {}

  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<const std::byte> plain,
                    std::span<std::byte> text, std::span<std::byte, aead_tag_size> tag) override {
    auto* const c = cipher_.get();
    if (gcry_cipher_reset(c) != 0 || gcry_cipher_setiv(c, nonce.data(), nonce.size()) != 0 ||
        gcry_cipher_authenticate(c, aad.data(), aad.size()) != 0 ||
        (plain.data() == text.data()
             ? gcry_cipher_encrypt(c, text.data(), text.size(), nullptr, 0)
             : gcry_cipher_encrypt(c, text.data(), text.size(), plain.data(), plain.size())) != 0 ||
        gcry_cipher_gettag(c, tag.data(), tag.size()) != 0) {
      return failed();
    }
    return {};
  }

  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag) override {
    auto* const c = cipher_.get();
    if (gcry_cipher_reset(c) != 0 || gcry_cipher_setiv(c, nonce.data(), nonce.size()) != 0 ||
        gcry_cipher_authenticate(c, aad.data(), aad.size()) != 0 ||
        gcry_cipher_decrypt(c, text.data(), text.size(), nullptr, 0) != 0) {
      return failed();
    }
    if (gcry_cipher_checktag(c, tag.data(), tag.size()) != 0)
      return fail(ErrorCode::unauthenticated, "a sealed packet is not authentic");
    return {};
  }

 private:
  Cipher cipher_;
};

}  // namespace

Result<std::unique_ptr<Aead>> make_library_aead(const AeadKey& key) {
  start_library();
  const auto* aes = std::get_if<Aes128GcmKey>(&key);
  const std::span<const std::byte> bytes =
      aes != nullptr ? std::span<const std::byte>(*aes) : std::get<ChaCha20Poly1305Key>(key);
  gcry_cipher_hd_t handle = nullptr;
  const auto opened = aes != nullptr ? gcry_cipher_open(&handle, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0)
                                     : gcry_cipher_open(&handle, GCRY_CIPHER_CHACHA20, GCRY_CIPHER_MODE_POLY1305, 0);
  if (opened != 0) return failed();
  Cipher cipher(handle);
  if (gcry_cipher_setkey(handle, bytes.data(), bytes.size()) != 0) return failed();
  return std::make_unique<GcryptAead>(std::move(cipher));
}

}  // namespace pf::crypto
