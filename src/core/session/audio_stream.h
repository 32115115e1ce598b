// Opus packets to sealed packets and back, each carried again by the ones after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/crypto/packet_protection.h"
#include "core/session/packet_sink.h"
#include "core/session/stream_position.h"
#include "core/session/unit_memory.h"

namespace pf::session {

/// One thread. Takes its memory when it is made.
class AudioSender {
 public:
  /// `copies` of earlier packets ride in each packet, 0 to wire::max_audio_copies.
  static Result<std::unique_ptr<AudioSender>> create(const crypto::MediaKey& key, std::size_t copies,
                                                     const Clock& clock, const StreamPosition& start = {});
  ~AudioSender();
  /// `captured` is when the packet's first sample was heard. Errors: invalid_argument (size); the sink's.
  Result<void> send(std::span<const std::byte> opus, TimePoint captured, PacketSink& sink);
  [[nodiscard]] std::uint64_t packets_sent() const;

 private:
  struct State;
  explicit AudioSender(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct ReceivedAudio {
  FrameId id;                      // consecutive; a gap is a lost packet, for the decoder to conceal
  UnitBytes opus;                  // in memory of the receiver's, who waits for it
  std::uint32_t timestamp_us = 0;  // of the packet that carried it
  bool from_copy = false;
};

/// One thread. Hands out each packet once, as soon as it is there; order is the jitter buffer's job. Takes its memory
/// when it is made.
class AudioReceiver {
 public:
  struct Counters {
    std::uint64_t packets_received = 0;
    std::uint64_t packets_rejected = 0;
    std::uint64_t restored_from_copies = 0;
  };
  static Result<std::unique_ptr<AudioReceiver>> create(const crypto::MediaKey& key);
  ~AudioReceiver();
  /// Decrypts in place; appends what is new to `out`, oldest first. Errors: the opener's, the payload's; exhausted
  /// (more packets than anybody plays have not been given back).
  Result<void> receive(std::span<std::byte> packet, std::vector<ReceivedAudio>& out);
  [[nodiscard]] const Counters& counters() const;

 private:
  struct State;
  explicit AudioReceiver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pf::session
