// Opus packets to GameStream's sound packets: RTP, encryption, two parity packets behind every four.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/fec/reed_solomon8.h"
#include "core/session/packet_sink.h"
#include "host/gamestream/crypto/aes.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

/// docs/gamestream.md, "Sound". One thread. Takes its memory when it is made.
class SoundPacketiser {
 public:
  struct Seal {
    StreamKey key{};
    std::int32_t key_id = 0;
    bool on = false;
  };
  /// Errors: internal (no AES).
  static Result<SoundPacketiser> create(const Seal& seal, unsigned packet_ms);

  /// The packet, and behind the last of a block its parity. Errors: internal; the sink's.
  Result<void> send(std::span<const std::byte> opus, session::PacketSink& sink);

 private:
  static constexpr std::size_t data_shards = 4;
  static constexpr std::size_t parity_shards = 2;
  SoundPacketiser(std::int32_t key_id, std::optional<CbcEncryptor> cipher, unsigned packet_ms);
  Result<void> fill(std::span<const std::byte> opus);
  Result<void> send_parity(session::PacketSink& sink);

  std::int32_t key_id_;
  std::optional<CbcEncryptor> cipher_;  // where sound is sealed
  unsigned packet_ms_;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;                            // ms
  std::array<std::vector<std::byte>, data_shards> block_;  // payloads
  std::array<std::vector<std::byte>, parity_shards> parity_;
  std::vector<std::byte> packet_;
  fec::ReedSolomon8 codec_{fec::GameStreamCode::audio};
};

}  // namespace pf::host::gamestream
