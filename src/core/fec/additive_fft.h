// The additive FFT of Lin, Chung and Han over GF(2^16), on vectors whose entries are whole shards.
//
// The points are w(i) = i, read as a field element: the basis is 1, x, x^2, ... s_j is the polynomial that vanishes on
// the 2^j points below 2^j; polynomials are held in the basis X_i = product over the bits j of i of s_j / s_j(w(2^j)).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/fec/gf16.h"

namespace pf::fec {

/// A row of equal shards that lie one behind the other.
struct ShardRow {
  std::byte* first = nullptr;
  std::size_t shard_size = 0;
  [[nodiscard]] std::span<std::byte> operator[](std::size_t i) const { return {first + i * shard_size, shard_size}; }
};

/// Values at the points offset .. offset + 2^log_size - 1 to coefficients, in place. `offset` is a multiple of
/// 2^log_size. The values from `filled` on are zero.
void inverse_fft(const ShardRow& row, unsigned log_size, std::uint32_t offset, std::size_t filled);

/// Coefficients to values at the same points, in place. Only the first `wanted` values are right afterwards.
void forward_fft(const ShardRow& row, unsigned log_size, std::uint32_t offset, std::size_t wanted);

/// s_log(w(point)): zero below 2^log.
gf16::Element vanishing_at(unsigned log, std::uint32_t point);

/// The derivative of s_log, which is the same everywhere.
gf16::Element vanishing_slope(unsigned log);

}  // namespace pf::fec
