// Blocks of any shape with any loss: rebuilt to the byte, or refused for the right reason.
#include <cstdint>
#include <span>
#include <vector>

#include "core/fec/reed_solomon16.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

ErrorCode expected_error(std::size_t data_count, std::span<const std::uint8_t> present, std::size_t shard_size) {
  if (!fec::block_fits(data_count, present.size() - data_count) || shard_size == 0 || shard_size % 2 != 0)
    return ErrorCode::invalid_argument;
  return ErrorCode::exhausted;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::Reader in(std::as_bytes(std::span(data, size)));
  const std::size_t data_count = in.read<std::uint8_t>();
  const std::size_t parity_count = in.read<std::uint8_t>();
  // Up to two columns and a tail (core/fec/strips.h); larger shards would only be slower.
  const std::size_t shard_size = in.read<std::uint16_t>() % 300;
  std::vector<std::uint8_t> present(data_count + parity_count);
  for (std::size_t i = 0; i < present.size(); i += 8) {
    const auto bits = in.read<std::uint8_t>();
    for (std::size_t j = i; j < present.size() && j < i + 8; ++j)
      present[j] = static_cast<std::uint8_t>((bits >> (j - i)) & 1u);
  }

  std::vector<std::vector<std::byte>> shards(present.size(), std::vector<std::byte>(shard_size));
  std::vector<std::byte*> pointers;
  std::vector<const std::byte*> data_pointers;
  std::uint32_t state = in.read<std::uint32_t>();
  for (auto& shard : shards) {
    for (auto& byte : shard) {
      state = state * 1'664'525u + 1'013'904'223u;
      byte = static_cast<std::byte>(state >> 24);
    }
    pointers.push_back(shard.data());
    if (data_pointers.size() < data_count) data_pointers.push_back(shard.data());
  }

  static fec::ReedSolomon16 codec;  // its memory passes from block to block, as in a stream
  const bool encoded = codec.encode(data_pointers, std::span(pointers).subspan(data_count), shard_size).has_value();
  const auto whole = shards;
  std::size_t arrived = 0;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i] != 0) {
      ++arrived;
    } else if (i < data_count) {
      shards[i].assign(shard_size, std::byte{0xEE});
    } else {
      pointers[i] = nullptr;
    }
  }

  const auto decoded = codec.decode(pointers, present, data_count, shard_size);
  bool data_arrived = true;
  for (std::size_t i = 0; i < data_count; ++i) data_arrived = data_arrived && present[i] != 0;
  fuzz::require(decoded.has_value() == (encoded && (data_arrived || arrived >= data_count)));
  if (!decoded) fuzz::require(decoded.error().code == expected_error(data_count, present, shard_size));
  for (std::size_t i = 0; i < data_count; ++i) {
    if (decoded || present[i] != 0) fuzz::require(shards[i] == whole[i]);
  }
  return 0;
}
