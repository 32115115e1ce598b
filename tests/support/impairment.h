// A model of a bad network: says for each packet when it arrives, if at all. Deterministic for a seed; does no I/O and
// reads no clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "core/base/clock.h"

namespace pf::test {

/// Losses in clumps (Gilbert 1960, Elliott 1963): a good state that loses nothing and a bad one that loses much.
struct LossBursts {
  double enter = 0;  // per packet, from good to bad
  double leave = 1;  // per packet, from bad to good
  double loss = 1;   // of the packets in the bad state
};

struct RateStep {
  Duration at{0};                     // since the model's start
  std::uint64_t bits_per_second = 0;  // 0: unlimited
};

struct Outage {
  Duration from{0};  // since the model's start
  Duration to{0};
};

struct ImpairmentOptions {
  std::uint64_t seed = 1;
  double loss = 0;  // share of packets, independent of each other
  LossBursts bursts{};
  Duration delay{0};
  Duration jitter{0};                     // up to so much on top of delay, evenly spread; order is kept
  double reorder = 0;                     // share of packets that later ones overtake
  Duration reorder_by = milliseconds{5};  // by which those are held back, half of it to all of it
  double duplicate = 0;                   // share of packets that come twice
  std::vector<RateStep> rate{};           // in order of time; before the first, unlimited
  std::size_t queue_bytes = 256u << 10;   // in front of the rate limit; what does not fit is lost
  std::vector<Outage> outages{};
};

/// One direction of one path. One thread.
class Impairment {
 public:
  struct Fate {
    std::size_t copies = 0;  // 0: lost
    std::array<TimePoint, 2> arrivals{};
  };
  struct Counters {
    std::uint64_t offered = 0;
    std::uint64_t lost = 0;      // by chance
    std::uint64_t overflow = 0;  // by a full queue
    std::uint64_t cut = 0;       // by an outage
    std::uint64_t held_back = 0;
    std::uint64_t duplicated = 0;
  };

  Impairment(ImpairmentOptions options, TimePoint start);

  /// What becomes of a packet of `bytes` sent at `now`. Precondition: `now` never goes back.
  Fate offer(TimePoint now, std::size_t bytes);
  /// Loses everything from now on, until mended.
  void cut(bool on) { cut_ = on; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  double draw();
  bool lost_by_chance();
  [[nodiscard]] bool out_at(Duration since_start) const;
  [[nodiscard]] std::uint64_t rate_at(Duration since_start) const;
  bool pass_queue(TimePoint now, std::size_t bytes, TimePoint& leaves);

  ImpairmentOptions options_;
  TimePoint start_;
  std::mt19937_64 random_;
  bool in_burst_ = false;
  bool cut_ = false;
  double queued_bytes_ = 0;
  TimePoint queue_seen_;
  TimePoint last_arrival_;
  Counters counters_;
};

}  // namespace pf::test
