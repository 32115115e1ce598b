#include "host/linux/audio/packet_cutter.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pf::host {
namespace {

// The part of each error that is believed: slow against a graph's jitter, fast against a sound card's drift.
constexpr int smoothing = 32;

}  // namespace

PacketCutter::PacketCutter(const AudioFormat& format, AudioCapturer::Sink sink)
    : sink_(std::move(sink)),
      channels_(format.channels),
      packet_(std::size_t{audio_packet_samples} * format.channels) {}

void PacketCutter::feed(std::span<const float> samples, TimePoint first) {
  follow(first);
  while (!samples.empty()) {
    const std::size_t taken = std::min(samples.size(), packet_.size() - filled_);
    std::copy_n(samples.begin(), taken, packet_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += taken;
    next_ += length(taken);
    samples = samples.subspan(taken);
    if (filled_ < packet_.size()) return;
    filled_ = 0;
    sink_(packet_, next_ - length(packet_.size()));
  }
}

void PacketCutter::follow(TimePoint measured) {
  const Duration error = measured - next_;
  if (!begun_ || error > largest_jitter || error < -largest_jitter) {
    begun_ = true;
    filled_ = 0;
    next_ = measured;
  } else {
    next_ += error / smoothing;
  }
}

Duration PacketCutter::length(std::size_t samples) const {
  return Duration{std::chrono::seconds{1}} * static_cast<std::int64_t>(samples / channels_) / audio_sample_rate;
}

}  // namespace pf::host
