// Systematic Reed-Solomon erasure code over GF(2^16): any `parity` lost shards of a block are rebuilt. docs/fec.md says
// which code it is, so that others can write it too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/error.h"

namespace pf::fec {

struct Kernels;

inline constexpr std::size_t max_block_shards = 65'535;

/// Whether a block of this shape exists: at least one data shard, and parity rounded up to a power of two plus data
/// within the 65,536 points of the field.
[[nodiscard]] bool block_fits(std::size_t data_count, std::size_t parity_count);

/// One instance serves one thread; blocks of any shape may follow each other, and work memory is kept between them.
/// Encoding and rebuilding are O(n log n) by additive FFT (Lin, Chung, Han: "Novel Polynomial Basis and Its Application
/// to Reed-Solomon Erasure Codes", FOCS 2014), in the fastest instructions that the processor has; rebuilding few
/// shards costs less than rebuilding many. Nothing is allocated for a block whose like has been seen before or
/// reserved.
class ReedSolomon16 {
 public:
  ReedSolomon16();
  /// With kernels of one's own choice (kernels/kernels.h), as tests have it.
  explicit ReedSolomon16(const Kernels& kernels);
  ~ReedSolomon16();
  ReedSolomon16(const ReedSolomon16&) = delete;
  ReedSolomon16& operator=(const ReedSolomon16&) = delete;
  ReedSolomon16(ReedSolomon16&&) noexcept;
  ReedSolomon16& operator=(ReedSolomon16&&) noexcept;

  /// Takes the work memory for blocks of up to so many shards now, so that none of them takes any later. Pages that no
  /// block needs stay untouched.
  void reserve(std::size_t data_count, std::size_t parity_count);

  /// Fills `parity` from `data`; every pointer refers to `shard_size` bytes. A shard is a row of 16-bit symbols, all
  /// their low bytes before all their high bytes. Errors: invalid_argument (shard_size odd or 0, or not block_fits).
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
