// The erasure codes against Leopard (FF16), nanors (GF(2^16) by additive FFT) and ISA-L (GF(2^8)), and against copying.
// Rates count the bytes of data, not of parity. Shards of 1,280 bytes; one thread.
#include <benchmark/benchmark.h>
#include <isa-l/erasure_code.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/fec/gf8.h"
#include "core/fec/reed_solomon16.h"
#include "core/fec/reed_solomon8.h"

#ifdef PUNKTFUNK_BENCH_LEOPARD
#include <leopard.h>
#endif
#ifdef PUNKTFUNK_BENCH_NANORS
#define restrict __restrict  // a word of C
#include <rs16_afft.h>
#undef restrict
#endif

namespace {

using namespace pf;

constexpr std::size_t shard_size = 1280;

/// A block of shards; `lost` of the data shards, evenly spread, are missing, and so is all parity beyond as many.
struct Block {
  explicit Block(const benchmark::State& state)
      : data(static_cast<std::size_t>(state.range(0))),
        parity(static_cast<std::size_t>(state.range(1))),
        lost(static_cast<std::size_t>(state.range(2))),
        // Leopard wants its shards aligned.
        bytes((data + parity) * shard_size + 64),
        present(data + parity, 1) {
    std::mt19937_64 random(1);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    auto* const first = bytes.data() + (64 - reinterpret_cast<std::uintptr_t>(bytes.data()) % 64);
    for (std::size_t i = 0; i < data + parity; ++i) shards.push_back(first + i * shard_size);
    for (std::size_t i = 0; i < lost; ++i) present[i * data / lost] = 0;
    for (std::size_t i = lost; lost > 0 && i < parity; ++i) present[data + i] = 0;
  }
  [[nodiscard]] std::span<std::byte* const> parity_shards() const { return std::span(shards).subspan(data); }
  [[nodiscard]] std::vector<const std::byte*> sources() const {
    return {shards.begin(), shards.begin() + static_cast<std::ptrdiff_t>(data)};
  }

  std::size_t data;
  std::size_t parity;
  std::size_t lost;
  std::vector<std::byte> bytes;
  std::vector<std::uint8_t> present;
  std::vector<std::byte*> shards;
};

void count(benchmark::State& state, const Block& block) {
  state.SetBytesProcessed(static_cast<std::int64_t>(block.data * shard_size) * state.iterations());
}

void must(const Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

template <class Codec>
void encode_ours(benchmark::State& state, Codec code) {
  const Block block(state);
  const auto sources = block.sources();
  for (auto _ : state) must(code.encode(sources, block.parity_shards(), shard_size));
  count(state, block);
}

template <class Codec>
void decode_ours(benchmark::State& state, Codec code) {
  Block block(state);
  must(code.encode(block.sources(), block.parity_shards(), shard_size));
  for (auto _ : state) must(code.decode(block.shards, block.present, block.data, shard_size));
  count(state, block);
}

/// Reading the data and writing it once: no code that touches every byte can be faster.
void copy(benchmark::State& state) {
  const Block block(state);
  std::vector<std::byte> out(block.data * shard_size);
  for (auto _ : state) {
    std::memcpy(out.data(), block.shards[0], out.size());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count(state, block);
}

/// ISA-L with the same matrix as ours for GameStream; any other takes it as long.
void encode_isal(benchmark::State& state) {
  const Block block(state);
  const auto data = static_cast<int>(block.data);
  const auto parity = static_cast<int>(block.parity);
  std::vector<unsigned char> matrix;
  for (unsigned row = 0; row < block.parity; ++row) {
    for (unsigned i = 0; i < block.data; ++i)
      matrix.push_back(fec::gf8::inverse(static_cast<fec::gf8::Element>(row ^ (block.parity + i))));
  }
  std::vector<unsigned char> tables(32 * block.data * block.parity);
  ec_init_tables(data, parity, matrix.data(), tables.data());
  std::vector<unsigned char*> rows;
  for (auto* shard : block.shards) rows.push_back(reinterpret_cast<unsigned char*>(shard));
  for (auto _ : state) {
    ec_encode_data(static_cast<int>(shard_size), data, parity, tables.data(), rows.data(), rows.data() + data);
    benchmark::ClobberMemory();
  }
  count(state, block);
}

/// What its manual has a decoder do: the matrix of the shards that are there inverted, and its rows for those that are
/// not run over them.
void decode_isal(benchmark::State& state) {
  Block block(state);
  const auto data = static_cast<int>(block.data);
  const auto lost = static_cast<int>(block.lost);
  const auto row_size = block.data;
  std::vector<unsigned char> matrix((block.data + block.parity) * row_size);
  gf_gen_cauchy1_matrix(matrix.data(), data + static_cast<int>(block.parity), data);
  std::vector<unsigned char> there(row_size * row_size);
  std::vector<unsigned char> inverse(row_size * row_size);
  std::vector<unsigned char> wanted(block.lost * row_size);
  std::vector<unsigned char> tables(32 * row_size * block.lost);
  std::vector<unsigned char*> from(block.data);
  std::vector<unsigned char*> to;
  for (std::size_t i = 0; i < block.data; ++i)
    if (block.present[i] == 0) to.push_back(reinterpret_cast<unsigned char*>(block.shards[i]));
  for (auto _ : state) {
    for (std::size_t row = 0, i = 0; row < row_size; ++i) {
      if (block.present[i] == 0) continue;
      std::memcpy(&there[row * row_size], &matrix[i * row_size], row_size);
      from[row++] = reinterpret_cast<unsigned char*>(block.shards[i]);
    }
    if (gf_invert_matrix(there.data(), inverse.data(), data) != 0) throw std::runtime_error("ISA-L does not decode");
    for (std::size_t i = 0, row = 0; i < block.data; ++i)
      if (block.present[i] == 0) std::memcpy(&wanted[row++ * row_size], &inverse[i * row_size], row_size);
    ec_init_tables(data, lost, wanted.data(), tables.data());
    ec_encode_data(static_cast<int>(shard_size), data, lost, tables.data(), from.data(), to.data());
    benchmark::ClobberMemory();
  }
  count(state, block);
}

#ifdef PUNKTFUNK_BENCH_LEOPARD
/// Work shards as Leopard wants them.
struct LeopardWork {
  explicit LeopardWork(unsigned shard_count) : memory(shard_count * shard_size + 64) {
    if (leo_init() != 0) throw std::runtime_error("Leopard does not start");
    auto* const first = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64);
    for (unsigned i = 0; i < shard_count; ++i) shards.push_back(first + i * shard_size);
  }
  std::vector<std::byte> memory;
  std::vector<void*> shards;
};

void leopard(benchmark::State& state) {
  Block block(state);
  const auto data = static_cast<unsigned>(block.data);
  const auto parity = static_cast<unsigned>(block.parity);
  LeopardWork encoding(leo_encode_work_count(data, parity));
  std::vector<const void*> sources(block.shards.begin(), block.shards.begin() + static_cast<std::ptrdiff_t>(data));
  const auto encode = [&] {
    if (leo_encode(shard_size, data, parity, static_cast<unsigned>(encoding.shards.size()), sources.data(),
                   encoding.shards.data()) != Leopard_Success)
      throw std::runtime_error("Leopard does not encode");
  };
  if (block.lost == 0) {
    for (auto _ : state) encode();
    return count(state, block);
  }
  encode();
  std::vector<const void*> received(encoding.shards.begin(), encoding.shards.begin() + parity);
  for (std::size_t i = 0; i < data; ++i) sources[i] = block.present[i] != 0 ? sources[i] : nullptr;
  for (std::size_t i = 0; i < parity; ++i) received[i] = block.present[data + i] != 0 ? received[i] : nullptr;
  LeopardWork decoding(leo_decode_work_count(data, parity));
  for (auto _ : state) {
    if (leo_decode(shard_size, data, parity, static_cast<unsigned>(decoding.shards.size()), sources.data(),
                   received.data(), decoding.shards.data()) != Leopard_Success)
      throw std::runtime_error("Leopard does not decode");
  }
  count(state, block);
}
#else
void leopard(benchmark::State& state) {
  state.SkipWithError("n/a: no Leopard was found (bench/CMakeLists.txt)");
}
#endif

#ifdef PUNKTFUNK_BENCH_NANORS
void nanors(benchmark::State& state) {
  Block block(state);
  const auto shard_count = static_cast<int>(block.shards.size());
  constexpr int symbols = static_cast<int>(shard_size / 2);
  reed_solomon16_afft_init();
  auto* const code = reed_solomon16_afft_new(static_cast<int>(block.data), static_cast<int>(block.parity));
  std::vector<std::uint16_t*> shards;
  for (auto* shard : block.shards) shards.push_back(reinterpret_cast<std::uint16_t*>(shard));
  if (reed_solomon16_afft_encode(code, shards.data(), shard_count, symbols) != 0)
    throw std::runtime_error("nanors does not encode");
  std::vector<std::uint8_t> missing(block.present.size());
  for (std::size_t i = 0; i < missing.size(); ++i) missing[i] = block.present[i] != 0 ? 0 : 1;
  for (auto _ : state) {
    const int failed = block.lost == 0
                           ? reed_solomon16_afft_encode(code, shards.data(), shard_count, symbols)
                           : reed_solomon16_afft_decode(code, shards.data(), missing.data(), shard_count, symbols);
    if (failed != 0) throw std::runtime_error("nanors does not decode");
  }
  reed_solomon16_afft_release(code);
  count(state, block);
}
#else
void nanors(benchmark::State& state) {
  state.SkipWithError("n/a: no nanors was found (bench/CMakeLists.txt)");
}
#endif

void name_cases() {
  const auto add = [](const std::string& name, auto run, std::size_t data, std::size_t parity, std::size_t lost) {
    benchmark::RegisterBenchmark(name.c_str(), run)
        ->Args({static_cast<std::int64_t>(data), static_cast<std::int64_t>(parity), static_cast<std::int64_t>(lost)});
  };
  const auto encode16 = [](benchmark::State& state) { encode_ours(state, fec::ReedSolomon16()); };
  const auto decode16 = [](benchmark::State& state) { decode_ours(state, fec::ReedSolomon16()); };
  const auto encode8 = [](benchmark::State& state) {
    encode_ours(state, fec::ReedSolomon8(fec::GameStreamCode::video));
  };
  struct Shape {
    std::size_t data, parity;
    [[nodiscard]] std::string name() const { return std::to_string(data) + "+" + std::to_string(parity); }
  };
  for (const auto& shape : {Shape{1000, 200}, Shape{8000, 1600}}) {
    const auto encode = "fec-encode-" + shape.name() + "/";
    add(encode + "ours", encode16, shape.data, shape.parity, 0);
    add(encode + "leopard", leopard, shape.data, shape.parity, 0);
    add(encode + "nanors", nanors, shape.data, shape.parity, 0);
    add(encode + "memcpy", copy, shape.data, shape.parity, 0);
    for (const auto& [word, lost] :
         {std::pair{"all", shape.parity}, std::pair{"5%", shape.data / 20}, std::pair{"1%", shape.data / 100}}) {
      const auto decode = "fec-decode-" + shape.name() + "-" + word + "/";
      add(decode + "ours", decode16, shape.data, shape.parity, lost);
      add(decode + "leopard", leopard, shape.data, shape.parity, lost);
      add(decode + "nanors", nanors, shape.data, shape.parity, lost);
      if (lost < shape.parity) add(decode + "all-lost", decode16, shape.data, shape.parity, shape.parity);
    }
  }
  for (const auto& shape :
       {Shape{4, 1}, Shape{4, 2}, Shape{10, 1}, Shape{10, 2}, Shape{10, 5}, Shape{20, 2}, Shape{20, 4}, Shape{20, 10},
        Shape{50, 5}, Shape{50, 25}, Shape{100, 10}, Shape{100, 20}, Shape{100, 50}}) {
    const auto encode = "fec-encode-" + shape.name() + "/";
    add(encode + "ours", encode16, shape.data, shape.parity, 0);
    add(encode + "isal", encode_isal, shape.data, shape.parity, 0);
    const auto decode = "fec-decode-" + shape.name() + "-all/";
    add(decode + "ours", decode16, shape.data, shape.parity, shape.parity);
    add(decode + "isal", decode_isal, shape.data, shape.parity, shape.parity);
  }
  for (const auto& shape : {Shape{100, 20}, Shape{200, 40}}) {
    const auto encode = "fec8-encode-" + shape.name() + "/";
    add(encode + "ours", encode8, shape.data, shape.parity, 0);
    add(encode + "isal", encode_isal, shape.data, shape.parity, 0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  name_cases();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
