// How much parity a frame gets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/session/loss_model.h"

namespace pf::session {

/// The most parity that a frame of `data_shards` may claim. The receiver refuses more, so that the work of a rebuild
/// stays in proportion to what has really arrived. docs/protocol.md, "Forward error correction".
[[nodiscard]] std::size_t max_parity_for(std::size_t data_shards);

/// Parity follows the path's losses and their runs, between a floor and a cap: a frame gets what leaves one in a
/// million beyond repair. That is one in five hours at 60 frames a second, where losses are as they were. One thread.
class FecPolicy {
 public:
  struct Limits {
    double floor = 0.10;         // parity shards per data shard on a clean path
    double cap = 1.00;           // of the share; small frames may exceed it by small_frame_extra
    std::size_t min_shards = 2;  // even for a frame of one packet
    std::size_t small_frame_extra = 4;
  };
  FecPolicy() : FecPolicy(Limits{}) {}
  explicit FecPolicy(const Limits& limits);

  [[nodiscard]] std::size_t parity_for(std::size_t data_shards);
  /// No frame of up to so many data shards gets more, whatever the path does.
  [[nodiscard]] std::size_t most_parity_up_to(std::size_t data_shards) const;
  /// What the path does now. A share outside 0 to 1 and a run below 1 are taken for the nearest that make sense.
  void set_loss(const LossModel& loss);

 private:
  [[nodiscard]] std::size_t parity_of_small(std::size_t data_shards) const;
  [[nodiscard]] std::size_t parity_of_large(std::size_t data_shards) const;
  [[nodiscard]] std::size_t least_for(std::size_t data_shards) const;
  [[nodiscard]] std::size_t most_for(std::size_t data_shards) const;
  [[nodiscard]] std::size_t small_frame_extra(double mean_run) const;

  static constexpr std::size_t small_frame = 256;  // data shards
  static constexpr double longest_run = 9;         // of losses, that counts for a small frame
  static constexpr std::uint16_t unknown = UINT16_MAX;

  Limits limits_;
  LossModel loss_;
  std::array<std::uint16_t, small_frame + 1> cache_{};  // by data shards, while loss_ stays
};

}  // namespace pf::session
