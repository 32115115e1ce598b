// AES-128-GCM (NIST SP 800-38D) for packets, four blocks to an instruction: VAES and VPCLMULQDQ in AVX-512 registers.
//
// What makes it fast is that GHASH is reduced once for up to 96 blocks rather than block by block: the key holds the
// powers of the hash key, and a packet's blocks, each times its own power, are summed up as they are (Gueron and
// Kounavis, "Intel Carry-Less Multiplication Instruction and its Usage for Computing the GCM Mode", aggregated
// reduction). Neither branches nor addresses depend on secrets.
#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "core/base/cpu_features.h"
#include "core/crypto/aead_backends.h"
#include "core/crypto/hash.h"
#include "core/crypto/primitives.h"

// In front of every function that works on vectors; the file itself is compiled for any processor.
#define PF_WIDE __attribute__((target("aes,pclmul,vaes,vpclmulqdq,avx512f,avx512bw,avx512vl")))
#define PF_WIDE_INLINE PF_WIDE __attribute__((always_inline)) inline
#define PF_WIDE_INLINE_LAMBDA PF_WIDE __attribute__((always_inline))

namespace pf::crypto {
namespace {

constexpr std::size_t block_size = 16;
constexpr std::size_t lanes = 4;  // blocks in a register
constexpr std::size_t wide_size = lanes * block_size;
// Registers that are encrypted side by side, to hide the latency of a round.
constexpr std::size_t turn = 4;
constexpr std::size_t turn_blocks = turn * lanes;
constexpr std::size_t turn_size = turn * wide_size;
constexpr std::size_t most_powers = 96;  // a packet of a common path in one sum
constexpr std::size_t rounds = 10;

struct alignas(64) KeySchedule {
  __m128i round_keys[rounds + 1];
  // H^96 down to H^1, each times x, byte-reversed; then zeros, so that a register may be loaded from any of them.
  __m128i powers[most_powers + lanes - 1];
  // The sums of the halves of each, in its lower half.
  __m128i half_sums[most_powers + lanes - 1];
};

// --- GHASH: blocks are byte-reversed, so that the field's bits stand in a register in the order of their weight ---

PF_WIDE_INLINE __m128i reversed(__m128i block) {
  return _mm_shuffle_epi8(block, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}
PF_WIDE_INLINE __m512i reversed(__m512i blocks) {
  const auto order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm512_shuffle_epi8(blocks, _mm512_broadcast_i32x4(order));
}

PF_WIDE_INLINE __m128i reduced(__m128i lo, __m128i mid, __m128i hi) {
  // x^128 + x^127 + x^126 + x^121 + 1: the lower half is folded upwards twice, 64 bits at a time.
  const auto polynomial = _mm_set_epi64x(0, static_cast<long long>(0xC200000000000000));
  mid = _mm_xor_si128(mid, _mm_xor_si128(_mm_shuffle_epi32(lo, 0x4E), _mm_clmulepi64_si128(lo, polynomial, 0x00)));
  return _mm_xor_si128(hi, _mm_xor_si128(_mm_shuffle_epi32(mid, 0x4E), _mm_clmulepi64_si128(mid, polynomial, 0x00)));
}

PF_WIDE_INLINE __m128i times(__m128i a, __m128i b) {
  return reduced(_mm_clmulepi64_si128(a, b, 0x00),
                 _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10)),
                 _mm_clmulepi64_si128(a, b, 0x11));
}

PF_WIDE_INLINE __m128i sum_of_lanes(__m512i x) {
  const auto half = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));
  return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/// The hash of a row of blocks, in sums of known length.
class Hash {
 public:
  PF_WIDE_INLINE explicit Hash(const KeySchedule& key) : powers_(key.powers), half_sums_(key.half_sums) {}

  /// The next `blocks` blocks, at most most_powers, make one sum.
  PF_WIDE_INLINE void begin(std::size_t blocks) {
    next_ = most_powers - blocks;
    lo_ = mid_ = hi_ = _mm512_setzero_si512();
  }
  /// As begin() with the hash of the earlier sums, which is added to the first block.
  PF_WIDE_INLINE void go_on(std::size_t blocks) {
    begin(blocks);
    multiply_in(_mm512_zextsi128_si512(hash_));
  }
  /// `count` blocks, at most a register; the rest of `blocks` is zero.
  PF_WIDE_INLINE void add(__m512i blocks, std::size_t count) {
    multiply_in(reversed(blocks));
    next_ += count;
  }
  PF_WIDE_INLINE void end() {
    const auto lo = sum_of_lanes(lo_);
    const auto hi = sum_of_lanes(hi_);
    hash_ = reduced(lo, _mm_xor_si128(sum_of_lanes(mid_), _mm_xor_si128(lo, hi)), hi);
  }
  [[nodiscard]] PF_WIDE_INLINE __m128i value() const { return reversed(hash_); }

 private:
  // Three products of halves instead of four (Karatsuba and Ofman): the products cost more than all else here.
  PF_WIDE_INLINE void multiply_in(__m512i data) {
    const auto powers = _mm512_loadu_si512(powers_ + next_);
    const auto half_sums = _mm512_loadu_si512(half_sums_ + next_);
    const auto data_sums = _mm512_xor_si512(data, _mm512_shuffle_epi32(data, _MM_PERM_BADC));
    lo_ = _mm512_xor_si512(lo_, _mm512_clmulepi64_epi128(data, powers, 0x00));
    mid_ = _mm512_xor_si512(mid_, _mm512_clmulepi64_epi128(data_sums, half_sums, 0x00));
    hi_ = _mm512_xor_si512(hi_, _mm512_clmulepi64_epi128(data, powers, 0x11));
  }

  const __m128i* powers_;
  const __m128i* half_sums_;
  std::size_t next_ = 0;         // the power of the next block
  __m512i lo_{}, mid_{}, hi_{};  // the sum, not yet reduced: lo + (mid + lo + hi) x^64 + hi x^128, in each lane
  __m128i hash_ = _mm_setzero_si128();
};

// --- AES ---

template <int Constant>
PF_WIDE_INLINE __m128i next_round_key(__m128i key) {
  const auto mixed = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(key, Constant), 0xFF);
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, mixed);
}

PF_WIDE_INLINE __m128i encrypted(const KeySchedule& key, __m128i block) {
  block = _mm_xor_si128(block, key.round_keys[0]);
  for (std::size_t round = 1; round < rounds; ++round) block = _mm_aesenc_si128(block, key.round_keys[round]);
  return _mm_aesenclast_si128(block, key.round_keys[rounds]);
}

PF_WIDE void expand(const Aes128GcmKey& secret, KeySchedule& key) {
  auto* const k = key.round_keys;
  k[0] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(secret.data()));
  k[1] = next_round_key<0x01>(k[0]);
  k[2] = next_round_key<0x02>(k[1]);
  k[3] = next_round_key<0x04>(k[2]);
  k[4] = next_round_key<0x08>(k[3]);
  k[5] = next_round_key<0x10>(k[4]);
  k[6] = next_round_key<0x20>(k[5]);
  k[7] = next_round_key<0x40>(k[6]);
  k[8] = next_round_key<0x80>(k[7]);
  k[9] = next_round_key<0x1B>(k[8]);
  k[10] = next_round_key<0x36>(k[9]);

  // H times x: a shift to the left, and the polynomial where a bit leaves at the top.
  const auto h = reversed(encrypted(key, _mm_setzero_si128()));
  const auto carries = _mm_srli_epi64(h, 63);
  const auto shifted = _mm_or_si128(_mm_slli_epi64(h, 1), _mm_slli_si128(carries, 8));
  const auto top = _mm_sub_epi64(_mm_setzero_si128(), _mm_shuffle_epi32(carries, 0xEE));
  const auto polynomial = _mm_set_epi64x(static_cast<long long>(0xC200000000000000), 1);
  const auto first = _mm_xor_si128(shifted, _mm_and_si128(top, polynomial));
  std::ranges::fill(key.powers, _mm_setzero_si128());
  std::ranges::fill(key.half_sums, _mm_setzero_si128());
  auto power = first;
  for (std::size_t i = most_powers; i-- > 0; power = times(power, first)) {
    key.powers[i] = power;
    key.half_sums[i] = _mm_xor_si128(power, _mm_shuffle_epi32(power, 0x4E));
  }
}

/// The key stream of one packet from its second counter on; the first belongs to the tag.
class KeyStream {
 public:
  PF_WIDE_INLINE KeyStream(const KeySchedule& key, __m128i first_counter) {
    for (std::size_t i = 0; i <= rounds; ++i) keys_[i] = _mm512_broadcast_i32x4(key.round_keys[i]);
    // Byte-reversed, the counter is the lowest 32 bits of a lane.
    counters_ = _mm512_add_epi32(_mm512_broadcast_i32x4(reversed(first_counter)),
                                 _mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1));
  }
  /// The next turn's. Calls `between(i)` for each register amid the rounds, whose latency it hides.
  template <class Between>
  PF_WIDE_INLINE void next(__m512i (&out)[turn], const Between& between) {
    const auto step = _mm512_broadcast_i32x4(_mm_set_epi32(0, 0, 0, lanes));
    for (auto& blocks : out) {
      blocks = _mm512_xor_si512(reversed(counters_), keys_[0]);
      counters_ = _mm512_add_epi32(counters_, step);
    }
    static_assert(2 * turn < rounds);
    for (std::size_t round = 1; round < rounds; ++round) {
      for (auto& blocks : out) blocks = _mm512_aesenc_epi128(blocks, keys_[round]);
      if (round % 2 == 0 && round <= 2 * turn) between(round / 2 - 1);
    }
    for (auto& blocks : out) blocks = _mm512_aesenclast_epi128(blocks, keys_[rounds]);
  }

 private:
  __m512i keys_[rounds + 1];
  __m512i counters_;
};

// --- packets ---

constexpr std::size_t blocks_in(std::size_t bytes) {
  return (bytes + block_size - 1) / block_size;
}

/// A mask of the first `bytes` of a register.
PF_WIDE_INLINE __mmask64 first_bytes(std::size_t bytes) {
  return bytes >= wide_size ? ~__mmask64{0} : (__mmask64{1} << bytes) - 1;
}

/// How many of the `left` blocks still to come, of which the last is the block of lengths, go into a sum beside the
/// `taken` that are in it: all, or as many whole turns of the loop as there is room for.
constexpr std::size_t share_of(std::size_t left, std::size_t taken) {
  const std::size_t room = most_powers - taken;
  return left <= room ? left : room / turn_blocks * turn_blocks;
}

/// Encrypts or decrypts what is less than a turn.
template <bool Seal, class Between>
PF_WIDE_INLINE void finish(KeyStream& stream, Hash& hash, std::byte* at, std::size_t size, const Between& between) {
  __m512i pads[turn];
  stream.next(pads, between);
  for (const auto& pad : pads) {
    const auto here = std::min(size, wide_size);
    const auto bytes = first_bytes(here);
    const auto before = _mm512_maskz_loadu_epi8(bytes, at);
    const auto after = _mm512_maskz_mov_epi8(bytes, _mm512_xor_si512(before, pad));
    _mm512_mask_storeu_epi8(at, bytes, after);
    hash.add(Seal ? after : before, blocks_in(here));
    at += here;
    size -= here;
    if (size == 0) return;
  }
}

/// Encrypts or decrypts `size` bytes at `at` and adds what is encrypted to the hash. Only the last of several calls may
/// have a size that is no multiple of a turn's.
template <bool Seal>
PF_WIDE_INLINE void pass(KeyStream& stream, Hash& hash, std::byte* at, std::size_t size) {
  // What is encrypted in one turn is hashed in the next one; what is to be decrypted, in its own.
  __m512i to_hash[turn];
  bool pending = false;
  const auto hash_a_register = [&](std::size_t i) PF_WIDE_INLINE_LAMBDA { hash.add(to_hash[i], lanes); };
  const auto hash_nothing = [](std::size_t) {};
  for (; size >= turn_size; at += turn_size, size -= turn_size) {
    __m512i pads[turn];
    if (!Seal)
      for (std::size_t i = 0; i < turn; ++i) to_hash[i] = _mm512_loadu_si512(at + i * wide_size);
    if (!Seal || pending)
      stream.next(pads, hash_a_register);
    else
      stream.next(pads, hash_nothing);
    for (std::size_t i = 0; i < turn; ++i) {
      const auto out = _mm512_xor_si512(_mm512_loadu_si512(at + i * wide_size), pads[i]);
      _mm512_storeu_si512(at + i * wide_size, out);
      if (Seal) to_hash[i] = out;
    }
    pending = Seal;
  }
  if (size == 0) {
    for (std::size_t i = 0; pending && i < turn; ++i) hash_a_register(i);
  } else if (pending) {
    finish<Seal>(stream, hash, at, size, hash_a_register);
  } else {
    finish<Seal>(stream, hash, at, size, hash_nothing);
  }
}

/// Encrypts or decrypts `text` in place. Returns the tag.
template <bool Seal>
PF_WIDE __m128i process(const KeySchedule& key, const AeadNonce& nonce, std::span<const std::byte> aad,
                        std::span<std::byte> text) {
  std::uint64_t nonce_head = 0;
  std::uint32_t nonce_tail = 0;
  std::memcpy(&nonce_head, nonce.data(), sizeof nonce_head);
  std::memcpy(&nonce_tail, nonce.data() + sizeof nonce_head, sizeof nonce_tail);
  constexpr std::uint64_t first_count = 0x01000000;  // 1, big-endian
  const auto first_counter =
      _mm_set_epi64x(static_cast<long long>(first_count << 32 | nonce_tail), static_cast<long long>(nonce_head));
  const auto lengths = _mm_set_epi64x(static_cast<long long>(__builtin_bswap64(text.size() * 8)),
                                      static_cast<long long>(__builtin_bswap64(aad.size() * 8)));
  KeyStream stream(key, first_counter);
  const auto tag_mask = encrypted(key, first_counter);
  Hash hash(key);
  for (bool first = true; aad.size() > wide_size; first = false) {
    first ? hash.begin(lanes) : hash.go_on(lanes);
    hash.add(_mm512_loadu_si512(aad.data()), lanes);
    hash.end();
    aad = aad.subspan(wide_size);
  }
  const auto aad_blocks = blocks_in(aad.size());
  std::size_t left = blocks_in(text.size()) + 1;
  std::size_t share = share_of(left, aad_blocks);
  hash.go_on(aad_blocks + share);
  hash.add(_mm512_maskz_loadu_epi8(first_bytes(aad.size()), aad.data()), aad_blocks);

  auto* at = text.data();
  for (; share < left; share = share_of(left, 0), hash.go_on(share)) {
    pass<Seal>(stream, hash, at, share * block_size);
    hash.end();
    at += share * block_size;
    left -= share;
  }
  pass<Seal>(stream, hash, at, static_cast<std::size_t>(text.data() + text.size() - at));
  hash.add(_mm512_zextsi128_si512(lengths), 1);
  hash.end();
  return _mm_xor_si128(tag_mask, hash.value());
}

template <bool Seal>
PF_WIDE void process(const KeySchedule& key, const AeadNonce& nonce, std::span<const std::byte> aad,
                     std::span<std::byte> text, std::span<std::byte, aead_tag_size> tag) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(tag.data()), process<Seal>(key, nonce, aad, text));
}

class WideAesGcm final : public Aead {
 public:
  explicit WideAesGcm(const Aes128GcmKey& key) { expand(key, key_); }
  WideAesGcm(const WideAesGcm&) = delete;
  WideAesGcm& operator=(const WideAesGcm&) = delete;
  ~WideAesGcm() override { wipe(std::as_writable_bytes(std::span(&key_, 1))); }

  Result<void> seal(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<std::byte, aead_tag_size> tag) override {
    process<true>(key_, nonce, aad, text, tag);
    return {};
  }

  Result<void> open(const AeadNonce& nonce, std::span<const std::byte> aad, std::span<std::byte> text,
                    std::span<const std::byte, aead_tag_size> tag) override {
    std::array<std::byte, aead_tag_size> computed{};
    process<false>(key_, nonce, aad, text, computed);
    if (!equal_constant_time(computed, tag))
      return fail(ErrorCode::unauthenticated, "a sealed packet is not authentic");
    return {};
  }

 private:
  KeySchedule key_;
};

}  // namespace

std::unique_ptr<Aead> make_wide_aead(const AeadKey& key) {
  const auto* aes = std::get_if<Aes128GcmKey>(&key);
  if (aes == nullptr || !cpu_features().wide_aes) return nullptr;
  return std::make_unique<WideAesGcm>(*aes);
}

}  // namespace pf::crypto
