// What encoding and rebuilding work in; it grows to the largest block seen and stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/fec/gf16.h"

namespace pf::fec {

struct WorkMemory {
  std::vector<std::byte> chunk;      // as many shards as parity has points, on their way through an FFT
  std::vector<std::byte> sum;        // as many, the chunks' coefficients added up
  std::vector<std::uint32_t> lost;   // indices of the missing data shards
  std::vector<std::uint32_t> rows;   // points of the parity shards that stand in for lost data
  std::vector<gf16::Element> scale;  // a factor a data shard
  std::vector<std::byte> syndromes;  // what each row says about the lost data alone
  std::vector<std::uint32_t> gaps;   // a value a point: see rebuild_many.cpp
  std::vector<std::uint32_t> logs;
};

}  // namespace pf::fec
