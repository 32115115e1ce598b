// What tests of the media path share: keys, recognisable units, a sink that keeps packets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
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
  std::mt19937_64 random(seed);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random() >> 56);
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
