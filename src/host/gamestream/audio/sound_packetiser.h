// Opus packets to GameStream's sound packets: RTP, encryption, two parity packets behind every four.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/fec/reed_solomon8.h"
#include "core/session/packet_sink.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

/// docs/gamestream.md, "Sound". One thread.
class SoundPacketiser {
 public:
  struct Seal {
    StreamKey key{};
    std::int32_t key_id = 0;
    bool on = false;
  };
  SoundPacketiser(const Seal& seal, unsigned packet_ms) : seal_(seal), packet_ms_(packet_ms) {}

  /// The packet, and behind the last of a block its parity. Errors: internal; the sink's.
  Result<void> send(std::span<const std::byte> opus, session::PacketSink& sink);

 private:
  static constexpr std::size_t data_shards = 4;
  static constexpr std::size_t parity_shards = 2;
  Result<void> fill(std::span<const std::byte> opus);
  Result<void> send_parity(session::PacketSink& sink);

  Seal seal_;
  unsigned packet_ms_;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;                            // ms
  std::array<std::vector<std::byte>, data_shards> block_;  // payloads
  std::vector<std::byte> packet_;
  fec::ReedSolomon8 codec_{fec::GameStreamCode::audio};
};

}  // namespace pf::host::gamestream
