// Sealing and opening packets of 1,300 bytes, 24 of them header, in batches as the sender makes them, against OpenSSL's
// EVP with only the nonce set per packet.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/crypto/packet_protection.h"

namespace {

using namespace pf;

constexpr std::size_t packet_size = 1300;
constexpr std::size_t sealed_at_once = 64;   // what one call of segmentation offload takes
constexpr std::size_t opened_at_once = 512;  // more, for the clock has to be stopped after each batch
constexpr std::size_t tag_size = 16;

void count(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(packet_size) * state.iterations());
}

/// Gives out the packets of a batch, one after the other; `refill` makes them anew outside the measured time.
template <class Byte>
class Batch {
 public:
  explicit Batch(std::size_t packets) : bytes_(packets * packet_size), at_(bytes_.size()) {}
  template <class Refill>
  std::span<Byte> next(benchmark::State& state, const Refill& refill) {
    if (at_ == bytes_.size()) {
      state.PauseTiming();
      for (std::size_t at = 0; at < bytes_.size(); at += packet_size)
        refill(std::span(bytes_).subspan(at, packet_size));
      at_ = 0;
      state.ResumeTiming();
    }
    return std::span(bytes_).subspan(std::exchange(at_, at_ + packet_size), packet_size);
  }
  /// Over and over the same.
  std::span<Byte> next() {
    if (at_ == bytes_.size()) at_ = 0;
    return std::span(bytes_).subspan(std::exchange(at_, at_ + packet_size), packet_size);
  }

 private:
  std::vector<Byte> bytes_;
  std::size_t at_;
};

// --- ours ---

crypto::MediaKey key(MediaCipher cipher) {
  return crypto::derive_media_key({}, wire::StreamKind::video, crypto::Direction::host_to_client, cipher);
}

void seal_ours(benchmark::State& state, MediaCipher cipher) {
  auto sealer = crypto::PacketSealer::create(key(cipher));
  if (!sealer) throw std::runtime_error(sealer.error().message);
  Batch<std::byte> batch(sealed_at_once);
  for (auto _ : state) {
    if (!sealer->seal({}, batch.next())) state.SkipWithError("not sealed");
  }
  count(state);
}

/// A number opens only once, so that every batch has to be sealed.
void open_ours(benchmark::State& state, MediaCipher cipher) {
  auto sealer = crypto::PacketSealer::create(key(cipher));
  auto opener = crypto::PacketOpener::create(key(cipher), wire::StreamKind::video);
  if (!sealer || !opener) throw std::runtime_error("no cipher");
  Batch<std::byte> batch(opened_at_once);
  const auto refill = [&](std::span<std::byte> packet) { (void)sealer->seal({}, packet); };
  for (auto _ : state) {
    if (!opener->open(batch.next(state, refill))) state.SkipWithError("not opened");
  }
  count(state);
}

// --- OpenSSL's ---

struct Evp {
  Evp(const EVP_CIPHER* cipher, bool encrypt) : context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    const std::array<unsigned char, 32> secret{};
    EVP_CipherInit_ex(context.get(), cipher, nullptr, secret.data(), nonce.data(), encrypt ? 1 : 0);
  }
  /// One packet of header, payload and tag, in place.
  bool run(unsigned char* packet, bool encrypt) {
    auto* c = context.get();
    auto* payload = packet + wire::media_header_size;
    auto* tag = packet + packet_size - tag_size;
    const auto payload_size = static_cast<int>(packet_size - tag_size - wire::media_header_size);
    int n = 0;
    bool ok = EVP_CipherInit_ex(c, nullptr, nullptr, nullptr, nonce.data(), -1) == 1;
    if (!encrypt) ok = ok && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1;
    ok = ok && EVP_CipherUpdate(c, nullptr, &n, packet, static_cast<int>(wire::media_header_size)) == 1 &&
         EVP_CipherUpdate(c, payload, &n, payload, payload_size) == 1 && EVP_CipherFinal_ex(c, payload, &n) == 1;
    if (encrypt) ok = ok && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, tag_size, tag) == 1;
    return ok;
  }
  std::array<unsigned char, 12> nonce{};
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context;
};

void seal_evp(benchmark::State& state, const EVP_CIPHER* cipher) {
  Evp evp(cipher, true);
  Batch<unsigned char> batch(sealed_at_once);
  for (auto _ : state) {
    ++evp.nonce[11];
    if (!evp.run(batch.next().data(), true)) state.SkipWithError("not sealed");
  }
  count(state);
}

void open_evp(benchmark::State& state, const EVP_CIPHER* cipher) {
  Evp seal(cipher, true), open(cipher, false);
  Batch<unsigned char> batch(opened_at_once);
  const auto refill = [&](std::span<unsigned char> packet) { (void)seal.run(packet.data(), true); };
  for (auto _ : state) {
    if (!open.run(batch.next(state, refill).data(), false)) state.SkipWithError("not opened");
  }
  count(state);
}

}  // namespace

BENCHMARK_CAPTURE(seal_ours, aes, MediaCipher::aes_128_gcm)->Name("seal-1300/ours");
BENCHMARK_CAPTURE(seal_evp, aes, EVP_aes_128_gcm())->Name("seal-1300/openssl-evp");
BENCHMARK_CAPTURE(open_ours, aes, MediaCipher::aes_128_gcm)->Name("open-1300/ours");
BENCHMARK_CAPTURE(open_evp, aes, EVP_aes_128_gcm())->Name("open-1300/openssl-evp");
BENCHMARK_CAPTURE(seal_ours, chacha, MediaCipher::chacha20_poly1305)->Name("seal-1300-chacha20/ours");
BENCHMARK_CAPTURE(seal_evp, chacha, EVP_chacha20_poly1305())->Name("seal-1300-chacha20/openssl-evp");
BENCHMARK_CAPTURE(open_ours, chacha, MediaCipher::chacha20_poly1305)->Name("open-1300-chacha20/ours");
BENCHMARK_CAPTURE(open_evp, chacha, EVP_chacha20_poly1305())->Name("open-1300-chacha20/openssl-evp");
