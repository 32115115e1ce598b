// Systematic Reed-Solomon erasure codes over GF(2^8) that GameStream's clients know (docs/fec.md, "GameStream's
// codes").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/fec/gf8.h"

namespace pf::fec {

struct Kernels;

inline constexpr std::size_t max_block_shards8 = 255;

enum class GameStreamCode {
  video,  // any number of shards up to 255
  audio,  // four data and two parity shards
};

/// One instance serves one thread. Encoding allocates nothing; decoding nothing for a block whose like has been seen
/// before.
class ReedSolomon8 {
 public:
  explicit ReedSolomon8(GameStreamCode code);
  /// With kernels of one's own choice (kernels/kernels.h), as tests have it.
  ReedSolomon8(GameStreamCode code, const Kernels& kernels);

  /// Fills `parity` from `data`; every pointer refers to `shard_size` bytes. Errors: invalid_argument (no data, a size
  /// of 0, or a number of shards that the code does not have).
  Result<void> encode(std::span<const std::byte* const> data, std::span<std::byte* const> parity,
                      std::size_t shard_size);

  /// Rebuilds the missing data shards in place; arguments and errors as ReedSolomon16::decode has them.
  Result<void> decode(std::span<std::byte* const> shards, std::span<const std::uint8_t> present, std::size_t data_count,
                      std::size_t shard_size);

 private:
  Result<void> take_shape(std::size_t data_count, std::size_t parity_count, std::size_t shard_size);
  [[nodiscard]] gf8::Element weight(std::size_t parity, std::size_t data) const;
  void find_recipes(std::span<const std::uint8_t> present);

  GameStreamCode code_;
  const Kernels* kernels_;
  std::size_t data_count_ = 0;
  std::size_t parity_count_ = 0;
  std::vector<gf8::Element> weights_;  // of each data shard in each parity shard

  std::vector<std::size_t> lost_;      // missing data shards
  std::vector<std::size_t> rows_;      // parity shards that stand in for them, as many
  std::vector<gf8::Element> inverse_;  // of the lost shards' weights in those rows
  std::vector<gf8::Element> system_;   // on its way to it
  std::vector<gf8::Element> known_;    // weights of what is there in each row: the data, then the rows themselves
  std::vector<gf8::Element> recipes_;  // weights of what is there in each lost shard
  std::vector<const std::byte*> known_rows_;  // pointers into known_ and recipes_
  std::vector<std::byte*> recipe_rows_;
  std::vector<const std::byte*> sources_;
  std::vector<std::byte*> targets_;
};

}  // namespace pf::fec
