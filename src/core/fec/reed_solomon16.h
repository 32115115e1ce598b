// Systematic Reed-Solomon erasure code over GF(2^16): any `parity` lost shards of a block are rebuilt, O(n log n).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/error.h"

namespace pf::fec {

inline constexpr std::size_t max_block_shards = 65'535;

/// One instance serves one thread; blocks of any shape may follow each other, work memory is kept between them.
/// Method: additive FFT over the Cantor basis (Lin, Chung, Han: "Novel Polynomial Basis and Its Application to
/// Reed-Solomon Erasure Codes", FOCS 2014; Lin, Al-Naffouri, Han, Chung, IEEE Trans. IT 62(11), 2016).
class ReedSolomon16 {
 public:
  ReedSolomon16();
  ~ReedSolomon16();
  ReedSolomon16(ReedSolomon16&&) noexcept;
  ReedSolomon16& operator=(ReedSolomon16&&) noexcept;

  /// Fills `parity` from `data`; every pointer refers to `shard_size` bytes. A shard is a row of little-endian 16-bit
  /// symbols. Errors: invalid_argument (shard_size odd or 0, no data, more than max_block_shards together).
  Result<void> encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                      std::size_t shard_size);

  /// Rebuilds the missing data shards in place. `shards` holds data_count data shards, then the parity shards;
  /// `present[i]` says whether shards[i] holds its bytes (missing parity may be nullptr, missing data must have room).
  /// Parity is not rebuilt. Errors: invalid_argument as above; exhausted (fewer than data_count shards are present).
  Result<void> decode(std::span<std::byte* const> shards, std::span<const std::uint8_t> present, std::size_t data_count,
                      std::size_t shard_size);

 private:
  struct Workspace;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace pf::fec
