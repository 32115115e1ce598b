// How the packets of a frame fall into FEC blocks, within what GameStream's clients can decode.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>

#include "core/base/error.h"

namespace pf::host::gamestream {

/// Clients work the parity count out of the percentage, so it is always data * percent / 100, rounded up.
struct FecBlock {
  std::size_t data = 0;
  std::size_t parity = 0;
  unsigned percent = 0;
};

class FecPlan {
 public:
  static constexpr std::size_t max_blocks = 4;
  static constexpr std::size_t max_shards = 255;        // of a block with parity: GF(2^8)
  static constexpr std::size_t max_bare_shards = 1023;  // of a block without: ten bits count them
  /// How much parity a block of so many packets should have.
  using Wanted = std::function<std::size_t(std::size_t data)>;

  /// As few blocks as hold the wanted parity. A frame too large for that has less, and the largest ones none.
  /// Errors: invalid_argument (no packets), refused (more than four bare blocks hold).
  static Result<FecPlan> make(std::size_t packets, const Wanted& wanted);
  /// No plan for up to so many packets has more, parity included.
  [[nodiscard]] static std::size_t most_packets_up_to(std::size_t packets);

  [[nodiscard]] std::span<const FecBlock> blocks() const { return std::span(blocks_).first(count_); }
  /// Data and parity of all blocks.
  [[nodiscard]] std::size_t packets() const;

 private:
  std::array<FecBlock, max_blocks> blocks_{};
  std::size_t count_ = 0;
};

}  // namespace pf::host::gamestream
