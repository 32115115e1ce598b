// Packets in, access units out in order: opens, collects shards, rebuilds what was lost, gives up on what comes too
// late. Does no I/O and reads no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "core/crypto/packet_protection.h"
#include "core/wire/unit_prefix.h"

namespace pf::session {

struct ReceivedUnit {
  FrameId frame;
  bool keyframe = false;
  bool recovered = false;  // parity was needed
  wire::UnitPrefix prefix;
  std::vector<std::byte> data;     // one access unit; hand back through VideoReceiver::recycle() to save an allocation
  std::uint32_t timestamp_us = 0;  // capture, host clock, modulo 2^32
  std::uint16_t first_send_delay = 0;  // units of 16 us, of the packet that completed the frame
  TimePoint first_arrival;
  TimePoint completed;  // the arrival that made it whole
  Duration recover{0};  // spent in reassembly and parity
};

struct ReceiverCounters {
  std::uint64_t packets_received = 0;  // authentic, once each
  std::uint64_t packets_lost = 0;      // gaps in packet numbers that the replay window has closed over
  std::uint64_t packets_rejected = 0;  // forged, replayed, malformed
  std::uint64_t packets_late = 0;      // authentic, for a frame already delivered or given up
  std::uint64_t bytes_received = 0;
  std::uint64_t frames_complete = 0;
  std::uint64_t frames_recovered = 0;
  std::uint64_t frames_lost = 0;  // given up, or undecodable because an earlier one was given up
};

/// One video stream. One thread.
class VideoReceiver {
 public:
  struct Options {
    std::size_t max_unit = 32u << 20;          // bytes; a frame that claims more is refused
    std::size_t max_frames = 8;                // in flight; older ones are given up first
    Duration reorder_wait = milliseconds{40};  // how long an incomplete frame holds up a complete newer one
  };
  static Result<std::unique_ptr<VideoReceiver>> create(const crypto::MediaKey& key, const Options& options,
                                                       const Clock& clock);
  ~VideoReceiver();

  /// `packet` is decrypted in place. Errors are for counting and logs: the receiver is as it was.
  Result<void> receive(std::span<std::byte> packet, TimePoint arrival);

  /// The next unit in order; after a loss the next one is a keyframe, unless the host said otherwise.
  std::optional<ReceivedUnit> next(TimePoint now);

  /// When next() may have something without a further packet; nullopt: only a packet helps.
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  /// True from the moment a frame is given up until a keyframe is delivered. The caller asks the host for one, and
  /// again after a while if none came.
  [[nodiscard]] bool needs_keyframe() const;
  [[nodiscard]] FrameId last_delivered() const;
  [[nodiscard]] const ReceiverCounters& counters() const;
  void recycle(std::vector<std::byte> buffer);

 private:
  struct State;
  explicit VideoReceiver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::session
