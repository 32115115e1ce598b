// The erasure code against the speed of memory and, for blocks that GF(2^8) can hold, against ISA-L. Rates count the
// bytes of data, not of parity. Shards of 1,280 bytes; one thread.
#include <benchmark/benchmark.h>
#include <isa-l/erasure_code.h>

#include <cstring>
#include <random>
#include <stdexcept>
#include <vector>

#include "core/fec/reed_solomon16.h"

namespace {

constexpr std::size_t shard_size = 1280;

struct Block {
  Block(std::size_t data_count, std::size_t parity_count)
      : bytes((data_count + parity_count) * shard_size), data(data_count), present(data_count + parity_count, 1) {
    std::mt19937_64 random(1);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    for (std::size_t i = 0; i < data_count + parity_count; ++i) shards.push_back(bytes.data() + i * shard_size);
  }
  [[nodiscard]] std::span<std::byte* const> parity() const { return std::span(shards).subspan(data); }
  [[nodiscard]] std::vector<const std::byte*> sources() const {
    return {shards.begin(), shards.begin() + static_cast<std::ptrdiff_t>(data)};
  }

  std::vector<std::byte> bytes;
  std::vector<std::byte*> shards;
  std::size_t data;
  std::vector<std::uint8_t> present;
};

void count(benchmark::State& state, std::size_t data_count) {
  state.SetBytesProcessed(static_cast<std::int64_t>(data_count * shard_size) * state.iterations());
}

void must(const pf::Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

void encode_ours(benchmark::State& state) {
  Block block(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const auto sources = block.sources();
  pf::fec::ReedSolomon16 code;
  for (auto _ : state) must(code.encode(sources, block.parity(), shard_size));
  count(state, block.data);
}

/// `lost` data shards are missing, and as much parity is there.
void decode_ours(benchmark::State& state) {
  Block block(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  const auto lost = static_cast<std::size_t>(state.range(2));
  pf::fec::ReedSolomon16 code;
  must(code.encode(block.sources(), block.parity(), shard_size));
  for (std::size_t i = 0; i < lost; ++i) block.present[i * block.data / lost] = 0;
  for (auto _ : state) must(code.decode(block.shards, block.present, block.data, shard_size));
  count(state, block.data);
}

/// Reading the data and writing it once: no code that touches every byte can be faster.
void copy(benchmark::State& state) {
  const Block block(static_cast<std::size_t>(state.range(0)), 0);
  std::vector<std::byte> out(block.bytes.size());
  for (auto _ : state) {
    std::memcpy(out.data(), block.bytes.data(), out.size());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count(state, block.data);
}

void encode_isal(benchmark::State& state) {
  const auto data = static_cast<int>(state.range(0));
  const auto parity = static_cast<int>(state.range(1));
  Block block(static_cast<std::size_t>(data), static_cast<std::size_t>(parity));
  std::vector<unsigned char> matrix(static_cast<std::size_t>((data + parity) * data));
  std::vector<unsigned char> tables(static_cast<std::size_t>(32 * data * parity));
  gf_gen_cauchy1_matrix(matrix.data(), data + parity, data);
  ec_init_tables(data, parity, matrix.data() + static_cast<std::ptrdiff_t>(data) * data, tables.data());
  std::vector<unsigned char*> rows;
  for (auto* shard : block.shards) rows.push_back(reinterpret_cast<unsigned char*>(shard));
  for (auto _ : state) {
    ec_encode_data(static_cast<int>(shard_size), data, parity, tables.data(), rows.data(), rows.data() + data);
    benchmark::ClobberMemory();
  }
  count(state, block.data);
}

}  // namespace

BENCHMARK(encode_ours)->Name("fec-encode-1000+200/ours")->Args({1000, 200});
BENCHMARK(copy)->Name("fec-encode-1000+200/memcpy")->Args({1000});
BENCHMARK(encode_ours)->Name("fec-encode-8000+1600/ours")->Args({8000, 1600});
BENCHMARK(copy)->Name("fec-encode-8000+1600/memcpy")->Args({8000});
BENCHMARK(decode_ours)->Name("fec-decode-1000+200-all/ours")->Args({1000, 200, 200});
BENCHMARK(copy)->Name("fec-decode-1000+200-all/memcpy")->Args({1000});
BENCHMARK(decode_ours)->Name("fec-decode-1000+200-5/ours")->Args({1000, 200, 5});
BENCHMARK(copy)->Name("fec-decode-1000+200-5/memcpy")->Args({1000});
BENCHMARK(decode_ours)->Name("fec-decode-8000+1600-all/ours")->Args({8000, 1600, 1600});
BENCHMARK(copy)->Name("fec-decode-8000+1600-all/memcpy")->Args({8000});
BENCHMARK(encode_ours)->Name("fec-encode-20+4/ours")->Args({20, 4});
BENCHMARK(encode_isal)->Name("fec-encode-20+4/isal-gf256")->Args({20, 4});
BENCHMARK(encode_ours)->Name("fec-encode-100+20/ours")->Args({100, 20});
BENCHMARK(encode_isal)->Name("fec-encode-100+20/isal-gf256")->Args({100, 20});
