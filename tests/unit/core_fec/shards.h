// Shards to encode and to lose.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include "core/fec/gf16.h"

namespace pf::test {

using Shards = std::vector<std::vector<std::byte>>;

inline Shards random_shards(std::size_t count, std::size_t size, std::mt19937_64& random) {
  Shards shards(count, std::vector<std::byte>(size));
  for (auto& shard : shards) {
    for (auto& byte : shard) byte = static_cast<std::byte>(random());
  }
  return shards;
}

/// All low bytes of a shard come before all high bytes.
inline fec::gf16::Element symbol_at(const std::vector<std::byte>& shard, std::size_t index) {
  return static_cast<fec::gf16::Element>(std::to_integer<unsigned>(shard[index]) |
                                         (std::to_integer<unsigned>(shard[shard.size() / 2 + index]) << 8));
}

template <class Pointer>
std::vector<Pointer> pointers(auto& shards) {
  std::vector<Pointer> out;
  for (auto& shard : shards) out.push_back(shard.data());
  return out;
}

}  // namespace pf::test
