// What tests of the media path share: keys, recognisable units, a sink that keeps packets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "core/crypto/packet_protection.h"
#include "core/session/packet_sink.h"

namespace pf::test {

using Packet = std::vector<std::byte>;

inline crypto::MediaKey media_key(wire::StreamKind stream = wire::StreamKind::video, std::uint8_t secret = 7) {
  crypto::MediaSecret bytes;
  bytes.fill(std::byte{secret});
  return crypto::derive_media_key(bytes, stream, crypto::Direction::host_to_client);
}

/// Bytes that differ for every seed and do not repeat inside.
inline std::vector<std::byte> pattern(std::uint64_t seed, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t at = 0; at < size; at += sizeof seed) {
    // SplitMix64 (Steele, Lea, Flood 2014): tests make gigabytes of this.
    std::uint64_t word = seed * 0x9E37'79B9'7F4A'7C15 + at * 0xD1B5'4A32'D192'ED03;
    word = (word ^ (word >> 30)) * 0xBF58'476D'1CE4'E5B9;
    word = (word ^ (word >> 27)) * 0x94D0'49BB'1331'11EB;
    word ^= word >> 31;
    std::memcpy(bytes.data() + at, &word, std::min(sizeof word, size - at));
  }
  return bytes;
}

class CollectingSink final : public session::PacketSink {
 public:
  struct Batch {
    std::size_t bytes = 0;
    std::size_t segment = 0;
  };

  Result<void> send(std::span<const std::byte> batch, std::size_t segment) override {
    batches.push_back({batch.size(), segment});
    for (; !batch.empty(); batch = batch.subspan(std::min(segment, batch.size()))) {
      const auto packet = batch.first(std::min(segment, batch.size()));
      packets.emplace_back(packet.begin(), packet.end());
    }
    return {};
  }
  std::vector<Packet> take() { return std::exchange(packets, {}); }

  std::vector<Packet> packets;
  std::vector<Batch> batches;
};

}  // namespace pf::test
