// Sealing and opening packets of 1,300 bytes, against AES-128-GCM of OpenSSL's EVP with only the nonce set per packet.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <vector>

#include "core/crypto/packet_protection.h"

namespace {

using namespace pf;

constexpr std::size_t packet_size = 1300;
constexpr std::size_t tag_size = 16;

crypto::MediaKey key() {
  return crypto::derive_media_key({}, wire::StreamKind::video, crypto::Direction::host_to_client);
}

void count(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(packet_size) * state.iterations());
}

void seal_ours(benchmark::State& state) {
  auto sealer = crypto::PacketSealer::create(key());
  if (!sealer) throw std::runtime_error(sealer.error().message);
  std::vector<std::byte> packet(packet_size);
  for (auto _ : state) {
    if (!sealer->seal({}, packet)) state.SkipWithError("not sealed");
  }
  count(state);
}

/// Batches are sealed outside the measured time, as a number opens only once.
void open_ours(benchmark::State& state) {
  auto sealer = crypto::PacketSealer::create(key());
  auto opener = crypto::PacketOpener::create(key(), wire::StreamKind::video);
  if (!sealer || !opener) throw std::runtime_error("no cipher");
  std::vector<std::byte> batch(packet_size * 1024);
  std::size_t at = batch.size();
  for (auto _ : state) {
    if (at == batch.size()) {
      state.PauseTiming();
      for (at = 0; at < batch.size(); at += packet_size)
        (void)sealer->seal({}, std::span(batch).subspan(at, packet_size));
      at = 0;
      state.ResumeTiming();
    }
    if (!opener->open(std::span(batch).subspan(at, packet_size))) state.SkipWithError("not opened");
    at += packet_size;
  }
  count(state);
}

struct Evp {
  explicit Evp(bool encrypt) : context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    const std::array<unsigned char, 16> secret{};
    EVP_CipherInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, secret.data(), nonce.data(), encrypt ? 1 : 0);
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

void seal_evp(benchmark::State& state) {
  Evp evp(true);
  std::vector<unsigned char> packet(packet_size);
  for (auto _ : state) {
    ++evp.nonce[11];
    if (!evp.run(packet.data(), true)) state.SkipWithError("not sealed");
  }
  count(state);
}

void open_evp(benchmark::State& state) {
  Evp seal(true), open(false);
  std::vector<unsigned char> batch(packet_size * 1024);
  std::size_t at = batch.size();
  for (auto _ : state) {
    if (at == batch.size()) {
      state.PauseTiming();
      for (at = 0; at < batch.size(); at += packet_size) (void)seal.run(batch.data() + at, true);
      at = 0;
      state.ResumeTiming();
    }
    if (!open.run(batch.data() + at, false)) state.SkipWithError("not opened");
    at += packet_size;
  }
  count(state);
}

}  // namespace

BENCHMARK(seal_ours)->Name("seal-1300/ours");
BENCHMARK(seal_evp)->Name("seal-1300/openssl-evp");
BENCHMARK(open_ours)->Name("open-1300/ours");
BENCHMARK(open_evp)->Name("open-1300/openssl-evp");
