// GameStream's erasure codes as a client solves them: Gaussian elimination over GF(2^8), written for the tests alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace pf::test {

using Shard = std::vector<std::uint8_t>;

/// The rows of parity of a code: row j, column i is what data shard i is multiplied by in parity shard j.
using FecMatrix = std::vector<std::vector<std::uint8_t>>;
FecMatrix video_matrix(std::size_t data, std::size_t parity);
FecMatrix sound_matrix();

/// Fills in the data shards that are missing. False: more are missing than there is parity.
bool rebuild(const FecMatrix& matrix, std::vector<std::optional<Shard>>& data,
             const std::vector<std::optional<Shard>>& parity);

}  // namespace pf::test
