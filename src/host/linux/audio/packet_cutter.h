// A capture stream in buffers of any length into packets of exactly audio_packet_samples, each with its capture time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "host/seams/audio_capturer.h"

namespace pf::host {

/// Allocates nothing after the constructor. One thread.
class PacketCutter {
 public:
  PacketCutter(const AudioFormat& format, AudioCapturer::Sink sink);

  /// `samples` are whole frames of all channels; `first` is when the first was captured, as the buffer's source tells
  /// it: its jitter is smoothed away, since samples follow each other at exactly their rate. A step of more than
  /// largest_jitter is a gap: the packet begun before it is dropped.
  void feed(std::span<const float> samples, TimePoint first);

  static constexpr Duration largest_jitter = milliseconds{20};

 private:
  void follow(TimePoint measured);
  [[nodiscard]] Duration length(std::size_t samples) const;

  AudioCapturer::Sink sink_;
  std::size_t channels_;
  std::vector<float> packet_;  // as large as a packet
  std::size_t filled_ = 0;     // samples of all channels
  bool begun_ = false;
  TimePoint next_;  // when the next sample to come was captured
};

}  // namespace pf::host
