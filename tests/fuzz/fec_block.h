// A block of any shape with any loss for an erasure code: rebuilt to the byte, or refused for the right reason.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/wire/bytes.h"
#include "fuzz/require.h"

namespace pf::fuzz {

struct BlockShape {
  std::size_t data = 0;
  std::size_t parity = 0;
  std::size_t shard_size = 0;
};

inline BlockShape read_shape(wire::Reader& in) {
  const std::size_t data = in.read<std::uint8_t>();
  const std::size_t parity = in.read<std::uint8_t>();
  // Up to two columns and a tail (core/fec/strips.h); larger shards would only be slower.
  return {data, parity, in.read<std::uint16_t>() % 300u};
}

/// `exists`: the code has blocks of that shape.
template <class Codec>
void lose_and_rebuild(Codec& codec, const BlockShape& shape, bool exists, wire::Reader& in) {
  std::vector<std::uint8_t> present(shape.data + shape.parity);
  for (std::size_t i = 0; i < present.size(); i += 8) {
    const auto bits = in.read<std::uint8_t>();
    for (std::size_t j = i; j < present.size() && j < i + 8; ++j)
      present[j] = static_cast<std::uint8_t>((bits >> (j - i)) & 1u);
  }

  std::vector<std::vector<std::byte>> shards(present.size(), std::vector<std::byte>(shape.shard_size));
  std::vector<std::byte*> pointers;
  std::vector<const std::byte*> data_pointers;
  auto state = in.read<std::uint32_t>();
  for (auto& shard : shards) {
    for (auto& byte : shard) {
      state = state * 1'664'525u + 1'013'904'223u;
      byte = static_cast<std::byte>(state >> 24);
    }
    pointers.push_back(shard.data());
    if (data_pointers.size() < shape.data) data_pointers.push_back(shard.data());
  }

  const auto encoded = codec.encode(data_pointers, std::span(pointers).subspan(shape.data), shape.shard_size);
  require(encoded.has_value() == exists);
  const auto whole = shards;
  std::size_t arrived = 0;
  bool data_arrived = true;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i] != 0) {
      ++arrived;
    } else if (i < shape.data) {
      data_arrived = false;
      shards[i].assign(shape.shard_size, std::byte{0xEE});
    } else {
      pointers[i] = nullptr;
    }
  }

  const auto decoded = codec.decode(pointers, present, shape.data, shape.shard_size);
  require(decoded.has_value() == (exists && (data_arrived || arrived >= shape.data)));
  if (!decoded) require(decoded.error().code == (exists ? ErrorCode::exhausted : ErrorCode::invalid_argument));
  for (std::size_t i = 0; i < shape.data; ++i) {
    if (decoded || present[i] != 0) require(shards[i] == whole[i]);
  }
}

}  // namespace pf::fuzz
