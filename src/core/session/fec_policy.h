// How much parity a frame gets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pf::session {

/// The most parity that a frame of `data_shards` may claim. The receiver refuses more, so that the work of a rebuild
/// stays in proportion to what has really arrived. docs/protocol.md, "Forward error correction".
[[nodiscard]] std::size_t max_parity_for(std::size_t data_shards);

/// Parity follows the loss that the receiver reports, between a floor and a cap. A share alone would serve small frames
/// badly: at 5% loss one of four packets in a frame of five is too little for one frame in fifty. So a frame of up to
/// 256 packets gets at least what leaves fewer than one such frame in 10,000 beyond repair, where losses are
/// independent.
class FecPolicy {
 public:
  struct Limits {
    double floor = 0.20;         // parity shards per data shard on a clean path
    double cap = 1.00;           // of the share; small frames may exceed it by small_frame_extra
    std::size_t min_shards = 2;  // even for a frame of one packet
    std::size_t small_frame_extra = 4;
  };
  FecPolicy() = default;
  explicit FecPolicy(const Limits& limits) : limits_(limits) {}

  [[nodiscard]] std::size_t parity_for(std::size_t data_shards) const;
  /// Share of packets lost in the last report, 0 to 1. A rise counts at once, a fall little by little.
  void on_loss(double share);

 private:
  Limits limits_;
  double loss_ = 0;
};

}  // namespace pf::session
