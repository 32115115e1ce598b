// Opus packets in from the network, samples out to a sound device, whatever gets lost between the two.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "client/media/opus_decoder.h"
#include "client/play/jitter_buffer.h"
#include "core/session/audio_stream.h"

namespace pf::client {

/// put(), restart() and figures() on any thread; fill() on the sound device's.
class AudioPlayer {
 public:
  /// Errors: OpusDecoder::create's.
  static Result<std::unique_ptr<AudioPlayer>> create(const AudioFormat& format,
                                                     const JitterBuffer::Options& buffer = {});

  void put(session::ReceivedAudio sound);
  /// A new stream begins, as after a reconnect.
  void restart();
  /// Samples of all channels, interleaved in AudioFormat's order.
  void fill(std::span<float> out);

  struct Figures {
    std::size_t depth = 0;  // packets of 5 ms
    std::size_t target = 0;
    JitterBuffer::Counters counters;
  };
  [[nodiscard]] Figures figures() const;
  [[nodiscard]] const AudioFormat& format() const { return format_; }

 private:
  AudioPlayer(const AudioFormat& format, std::unique_ptr<OpusDecoder> decoder, const JitterBuffer::Options& buffer);
  void make_packet();
  void decode(const JitterBuffer::Step& step);
  void append(const Result<std::span<const float>>& samples);
  void ramp(bool up);
  /// How much of a packet has passed before its value `at`, 0 to 1.
  [[nodiscard]] float share_passed(std::size_t at) const;

  const AudioFormat format_;
  const std::size_t packet_size_;  // samples of all channels
  // The device's thread:
  std::unique_ptr<OpusDecoder> decoder_;
  std::vector<float> ready_;  // one packet
  std::vector<float> second_;
  std::size_t used_ = 0;  // of ready_
  bool silent_ = true;

  mutable std::mutex mutex_;
  JitterBuffer buffer_;
};

}  // namespace pf::client
