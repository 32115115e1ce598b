// What encoding and rebuilding work in; it grows to the largest block seen or reserved, and stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/fec/aligned_bytes.h"
#include "core/fec/gf16.h"
#include "core/fec/locator.h"

namespace pf::fec {

struct WorkMemory {
  /// For blocks of up to so many data shards, and parity points, a power of two.
  void reserve(std::size_t data_count, std::size_t parity_points);

  AlignedBytes rows;                         // a strip of as many shards as a transform has values
  AlignedBytes sum;                          // as many, the chunks' coefficients added up
  std::vector<std::byte> zeros;              // a shard that is not there
  std::vector<std::size_t> columns;          // where each column begins in a shard
  std::vector<const std::byte*> sources;     // data shards, or zeros
  std::vector<gf16::Element> factors;        // see Chunks
  std::vector<std::uint32_t> lost;           // indices of the missing data shards, rising
  std::vector<std::uint32_t> lost_before;    // in front of each data shard
  std::vector<std::uint32_t> parity_before;  // that is present, in front of each parity point
  std::vector<std::uint32_t> gaps;           // points whose values are unknown
  std::vector<std::uint32_t> places;         // points at which the gaps' polynomial is needed
  std::vector<std::uint32_t> logs;           // what it is there
  Locator locator;
};

}  // namespace pf::fec
