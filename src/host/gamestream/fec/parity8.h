// Reed-Solomon parity over GF(2^8), polynomial 0x11d, in the two matrices that GameStream's clients rebuild by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace pf::host::gamestream {

/// By ISA-L. One thread.
class Parity8 {
 public:
  /// Video: row j, column i of the matrix is 1 / ((m + i) xor j) for m rows. `parity` is filled from `data`; every
  /// pointer refers to `size` bytes, and both together are 1 to 255 shards.
  void encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity, std::size_t size);
  /// Sound: two shards for four, by a matrix of its own.
  void encode_sound(std::span<const std::byte* const, 4> data, std::span<std::byte* const, 2> parity, std::size_t size);

 private:
  /// What ISA-L multiplies by, made once for a shape.
  const std::vector<unsigned char>& tables(std::size_t data, std::size_t parity);
  std::map<std::pair<std::size_t, std::size_t>, std::vector<unsigned char>> tables_;
};

}  // namespace pf::host::gamestream
