// The inner loops of the erasure codes, once for each instruction set; all give the same bytes.
//
// They work on strips: the same columns of all shards of a block, so that a whole transform fits into a near cache. A
// column is 64 symbols; in work memory it takes 128 bytes, the 64 low bytes first, and a row is a strip's columns of
// one shard. Work memory is aligned to 64 bytes and its rows lie one behind the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/fec/gf16.h"

namespace pf::fec {

inline constexpr std::size_t column_symbols = 64;
inline constexpr std::size_t column_bytes = 2 * column_symbols;

/// Where a strip's columns lie in a shard: low bytes from low[i] on, high bytes `high` further.
struct Strip {
  const std::size_t* low;
  std::size_t columns;
  std::size_t high;
};

/// The values of a block's data points, cut into chunks of 2^log_size.
struct Chunks {
  const std::byte* const* shards;
  std::size_t count;
  std::uint32_t first_point;  // of shards[0]: a multiple of 2^log_size
  std::uint32_t shift;        // added (XOR) to the number of every point: as well
  unsigned log_size;
  const gf16::Element* factors;  // for each chunk what its coefficients are multiplied with; nullptr: nothing
  const std::byte* zeros;        // as large as a shard
};

/// The largest chunks that small_parity takes: of 2^small_log values.
inline constexpr unsigned small_log = 3;

struct Kernels {
  const char* name;

  /// The first `count` values at the points 0 .. of the sum of all chunks' coefficients, straight into the columns of
  /// `parity`. Chunks have no factors.
  void (*small_parity)(const Chunks& chunks, const Strip& strip, std::byte* const* parity, std::size_t count);

  /// Takes each chunk to coefficients and leaves their sum, 2^log_size rows, in `sum`. `work` has room for as many.
  void (*sum_coefficients)(const Chunks& chunks, const Strip& strip, std::byte* work, std::byte* sum);
  /// Values at the points 0 .. 2^log_size - 1 to coefficients, in place.
  void (*coefficients)(std::byte* rows, unsigned log_size, std::size_t columns);
  /// Coefficients to values at the points offset .. offset + 2^log_size - 1, offset being a multiple of 2^log_size.
  /// `values` may be `coefficients`. Value i is right where wanted_before[i + 1] differs from wanted_before[i]; the
  /// array counts what is wanted in front of each place.
  void (*values)(const std::byte* coefficients, std::byte* values, unsigned log_size, std::uint32_t offset,
                 const std::uint32_t* wanted_before, std::size_t columns);
  /// The first `count` values at the points 0 .. of 2^log_size coefficients, which are lost over it, straight into the
  /// columns of `parity`. Precondition: log_size > small_log.
  void (*parity)(std::byte* coefficients, unsigned log_size, const Strip& strip, std::byte* const* parity,
                 std::size_t count);
  /// row = factor * (row + the shard's columns)
  void (*multiply_sum)(std::byte* row, const std::byte* shard, const Strip& strip, gf16::Element factor);
  /// the shard's columns = factor * row
  void (*multiply_into)(std::byte* shard, const std::byte* row, const Strip& strip, gf16::Element factor);

  /// out[r] = sum over i of matrix[r * count + i] * in[i], in GF(2^8), byte by byte: `rows` outputs from `count`
  /// inputs, all of `size` bytes.
  void (*multiply_matrix)(const gf8::Element* matrix, std::size_t rows, std::size_t count, const std::byte* const* in,
                          std::byte* const* out, std::size_t size);

  /// The Walsh-Hadamard transform modulo 65,535, in place; 65,535 stands for zero too. `size` is a power of two, and
  /// `scratch` as large.
  void (*walsh_hadamard)(std::uint16_t* values, std::uint16_t* scratch, std::size_t size);
};

/// What this processor can run, the fastest first; the last one needs nothing.
[[nodiscard]] std::span<const Kernels* const> usable_kernels();

}  // namespace pf::fec
