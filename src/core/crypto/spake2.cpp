#include "core/crypto/spake2.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/crypto/primitives.h"
#include "core/wire/bytes.h"

namespace pf::crypto {
namespace {

// RFC 9382, section 4: the points M and N for P-256, here with both coordinates.
constexpr std::string_view point_m =
    "04886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f"
    "5ff355163e43ce224e0b0e65ff02ac8e5c7be09419c785e0ca547d55a12e2d20";
constexpr std::string_view point_n =
    "04d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49"
    "07d60aa6bfade45008a636337f5168c64d9bd36034808cd564490b1e656edbe7";

Result<P256Point> constant_point(std::string_view hex) {
  const auto bytes = from_hex(hex);
  if (!bytes) return std::unexpected(bytes.error());
  return p256_decode(*bytes);
}

/// The transcript of RFC 9382, section 3.3: each part behind its length as 8 bytes, little-endian.
class Transcript {
 public:
  void add(std::span<const std::byte> part) {
    std::array<std::byte, 8> size{};
    wire::Writer(size).write(static_cast<std::uint64_t>(part.size()));
    bytes_.insert(bytes_.end(), size.begin(), size.end());
    bytes_.insert(bytes_.end(), part.begin(), part.end());
  }
  [[nodiscard]] Digest hash() const { return sha256(bytes_); }
  [[nodiscard]] Digest mac(std::span<const std::byte> key) const { return hmac_sha256(key, bytes_); }
  ~Transcript() { wipe(bytes_); }
  Transcript() = default;
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

 private:
  std::vector<std::byte> bytes_;
};

/// Whether `bytes` is a number from 1 to the group's order less one.
bool is_scalar(std::span<const std::byte> bytes) {
  if (bytes.size() != p256_scalar_size) return false;
  const auto reduced = p256_reduce(bytes);
  return reduced && equal_constant_time(*reduced, bytes) && !equal_constant_time(*reduced, P256Scalar{});
}

}  // namespace

struct Spake2::State {
  Spake2Role role = Spake2Role::a;
  P256Scalar w{};
  P256Scalar own{};
  P256Point share{};
  P256Point peer_mask{};  // N for A, M for B

  State() = default;
  ~State() {
    wipe(w);
    wipe(own);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Spake2::Spake2(std::unique_ptr<State> state) : state_(std::move(state)) {}
Spake2::~Spake2() = default;
Spake2::Spake2(Spake2&&) noexcept = default;
Spake2& Spake2::operator=(Spake2&&) noexcept = default;

Result<Spake2Secret> spake2_secret_from_pin(std::string_view pin, std::span<const std::byte> salt) {
  if (pin.empty() || salt.empty()) return fail(ErrorCode::invalid_argument, "a pairing needs a PIN and a salt");
  Spake2Secret secret{};
  if (auto done = scrypt(wire::as_bytes(pin), salt, secret); !done) return std::unexpected(done.error());
  return secret;
}

Result<Spake2> Spake2::create(Spake2Role role, const Spake2Secret& secret, std::span<const std::byte> fixed_scalar) {
  auto w = p256_reduce(secret);
  if (!w) return std::unexpected(w.error());
  auto made = create_with_w(role, *w, fixed_scalar);
  wipe(*w);
  return made;
}

Result<Spake2> Spake2::create_with_w(Spake2Role role, std::span<const std::byte, 32> w,
                                     std::span<const std::byte> fixed_scalar) {
  if (!is_scalar(w)) return fail(ErrorCode::invalid_argument, "the password's number is zero or too large");
  auto state = std::make_unique<State>();
  state->role = role;
  std::copy(w.begin(), w.end(), state->w.begin());
  if (fixed_scalar.empty()) {
    const auto scalar = p256_random_scalar();
    if (!scalar) return std::unexpected(scalar.error());
    state->own = *scalar;
  } else if (is_scalar(fixed_scalar)) {
    std::copy(fixed_scalar.begin(), fixed_scalar.end(), state->own.begin());
  } else {
    return fail(ErrorCode::invalid_argument, "a P-256 scalar has 32 bytes and lies between zero and the order");
  }
  const auto m = constant_point(point_m);
  const auto n = constant_point(point_n);
  if (!m || !n) return fail(ErrorCode::internal, "the constants of SPAKE2 are no points");
  state->peer_mask = role == Spake2Role::a ? *n : *m;
  const auto share = p256_base_plus(state->own, state->w, role == Spake2Role::a ? *m : *n);
  if (!share) return std::unexpected(share.error());
  state->share = *share;
  return Spake2(std::move(state));
}

const std::array<std::byte, spake2_share_size>& Spake2::share() const {
  return state_->share;
}

Result<Spake2Keys> Spake2::finish(std::span<const std::byte> peer_share, const Spake2Identity& identity) const {
  const auto peer = p256_decode(peer_share);
  if (!peer) return std::unexpected(peer.error());
  auto k = p256_difference_times(state_->own, *peer, state_->w, state_->peer_mask);
  if (!k) return std::unexpected(k.error());

  const bool is_a = state_->role == Spake2Role::a;
  Transcript transcript;
  transcript.add(identity.a);
  transcript.add(identity.b);
  transcript.add(is_a ? state_->share : *peer);
  transcript.add(is_a ? *peer : state_->share);
  transcript.add(*k);
  transcript.add(state_->w);
  wipe(*k);
  Digest hash = transcript.hash();
  const auto shared = std::span<const std::byte>(hash).first<16>();
  const auto confirming = std::span<const std::byte>(hash).last<16>();

  std::vector<std::byte> info;
  const auto label = wire::as_bytes("ConfirmationKeys");
  info.insert(info.end(), label.begin(), label.end());
  info.insert(info.end(), identity.aad.begin(), identity.aad.end());
  std::array<std::byte, 32> confirmation_keys{};
  hkdf_sha256(confirming, {}, info, confirmation_keys);

  // Each side proves its key by a MAC over the whole transcript.
  const auto key_a = std::span<const std::byte>(confirmation_keys).first<16>();
  const auto key_b = std::span<const std::byte>(confirmation_keys).last<16>();
  Spake2Keys keys;
  keys.own_confirmation = transcript.mac(is_a ? key_a : key_b);
  keys.expected_confirmation = transcript.mac(is_a ? key_b : key_a);
  std::copy(shared.begin(), shared.end(), keys.shared.begin());
  wipe(confirmation_keys);
  wipe(hash);
  return keys;
}

}  // namespace pf::crypto
