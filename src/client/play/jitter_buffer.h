// Sound packets in the order of their numbers, a few of them ahead of the ear: as few as the network's jitter allows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/ring.h"
#include "core/base/units.h"
#include "core/session/unit_memory.h"

namespace pf::client {

/// Packets of audio_packet_samples each. Pure: time is the number of packets taken. Allocates when it is made. The
/// caller's lock.
class JitterBuffer {
 public:
  struct Options {
    std::size_t start = 4;  // packets that are there before playing begins: 20 ms
    std::size_t step = 2;   // by how much an underrun raises that
    std::size_t most = 40;  // 200 ms; what is further ahead is skipped
  };
  struct Counters {
    std::uint64_t underruns = 0;
    std::uint64_t concealed = 0;  // lost or too late
    std::uint64_t late = 0;       // came after their turn
    std::uint64_t merged = 0;     // two played in the time of one, to catch up
    std::uint64_t stretched = 0;  // one inserted, to fall back
    std::uint64_t skipped = 0;    // left out, because the buffer was full
  };
  /// What the ear hears for the next 5 ms.
  struct Step {
    enum class Kind : std::uint8_t {
      silence,   // not enough is there yet
      play,      // packet
      conceal,   // what the decoder makes up
      fade_out,  // the same, and silence follows
      merge,     // packet and then second, cross-faded
    };
    Kind kind = Kind::silence;
    session::UnitBytes packet;
    session::UnitBytes second;
  };

  JitterBuffer() : JitterBuffer(Options{}) {}
  explicit JitterBuffer(const Options& options) : options_(options), target_(options.start), slots_(options.most) {}

  void put(FrameId id, session::UnitBytes packet);
  Step next();
  /// A new stream, with numbers of its own. What was learnt about the network stays.
  void restart();

  /// Packets from the next one to play to the newest, gaps included.
  [[nodiscard]] std::size_t depth() const { return slots_.size(); }
  /// The depth that it holds to.
  [[nodiscard]] std::size_t target() const { return target_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  using Slot = std::optional<session::UnitBytes>;

  Step underrun();
  Step play_one();
  std::optional<Step> correct();
  void observe();
  /// Makes room for a packet that is `at` behind the next one. Returns where it goes.
  std::size_t skip_to(std::size_t at);
  void pop();

  Options options_;
  std::size_t target_;
  Ring<Slot> slots_;  // the front one is next_
  FrameId next_;
  bool begun_ = false;
  bool playing_ = false;
  std::size_t depth_sum_ = 0;  // over the packets of this window
  std::size_t observed_ = 0;
  std::size_t since_underrun_ = 0;  // packets
  std::size_t since_correction_ = 0;
  int correction_ = 0;  // packets to leave out; below zero, to insert
  Counters counters_;
};

}  // namespace pf::client
