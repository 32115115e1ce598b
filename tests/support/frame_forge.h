// Makes the packets of video frames by hand, under a key of the test's choice: well-formed ones, and ones that say
// whatever a test wants them to say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/crypto/packet_protection.h"
#include "core/fec/reed_solomon16.h"
#include "core/wire/media_header.h"
#include "core/wire/unit_prefix.h"
#include "support/media_fixture.h"

namespace pf::test {

struct ForgedFrame {
  std::uint32_t id = 1;
  bool keyframe = false;
  bool discontinuity = false;
  std::size_t data = 4;
  std::size_t parity = 2;
  std::size_t shard_size = 64;
  std::uint32_t timestamp_us = 0;
  std::uint16_t width = 640;
  std::uint16_t height = 360;
  std::uint8_t until_shown = 0;
};

class FrameForge {
 public:
  /// `first` is the number of the first packet.
  explicit FrameForge(const crypto::MediaKey& key, std::uint64_t first = 0)
      : key_(key), sealer_(crypto::PacketSealer::create(key, first).value()) {}

  /// The unit that frame() puts into a frame: as large as its shards have room for.
  static std::vector<std::byte> unit_of(const ForgedFrame& frame) {
    return pattern(frame.id, frame.data * frame.shard_size - wire::unit_prefix_size);
  }

  /// Data packets, then parity packets.
  std::vector<Packet> frame(const ForgedFrame& frame) {
    const auto unit = unit_of(frame);
    std::vector<std::byte> block(wire::unit_prefix_size);
    wire::write_unit_prefix({.unit_size = static_cast<std::uint32_t>(unit.size()),
                             .width = frame.width,
                             .height = frame.height,
                             .until_shown = frame.until_shown,
                             .times = {}},
                            std::span(block).first<wire::unit_prefix_size>());
    block.insert(block.end(), unit.begin(), unit.end());
    return packets_of(frame, std::move(block));
  }

  /// The same around a block of the test's own, of data * shard_size bytes.
  std::vector<Packet> packets_of(const ForgedFrame& frame, std::vector<std::byte> block) {
    block.resize((frame.data + frame.parity) * frame.shard_size);
    std::vector<const std::byte*> data;
    std::vector<std::byte*> parity;
    for (std::size_t i = 0; i < frame.data; ++i) data.push_back(block.data() + i * frame.shard_size);
    for (std::size_t i = 0; i < frame.parity; ++i) parity.push_back(block.data() + (frame.data + i) * frame.shard_size);
    fec::ReedSolomon16().encode(data, parity, frame.shard_size).value();

    std::vector<Packet> packets;
    for (std::size_t i = 0; i < frame.data + frame.parity; ++i) {
      packets.push_back(packet(header_of(frame, i), std::span(block).subspan(i * frame.shard_size, frame.shard_size)));
    }
    return packets;
  }

  static wire::MediaHeader header_of(const ForgedFrame& frame, std::size_t shard) {
    wire::MediaHeader header;
    header.flags = {frame.keyframe, frame.discontinuity};
    header.frame = {frame.id};
    header.timestamp_us = frame.timestamp_us;
    header.shard = static_cast<std::uint16_t>(shard);
    header.data_shards = static_cast<std::uint16_t>(frame.data);
    header.parity_shards = static_cast<std::uint16_t>(frame.parity);
    return header;
  }

  /// Authentic, whatever `header` claims.
  Packet packet(const wire::MediaHeader& header, std::span<const std::byte> payload) {
    Packet packet(wire::media_overhead + payload.size());
    std::copy(payload.begin(), payload.end(), packet.begin() + wire::media_header_size);
    sealer_.seal(header, packet).value();
    return packet;
  }

  /// Leaves out packet numbers, as if so many had been sent and lost.
  void skip(std::uint64_t count) { sealer_ = crypto::PacketSealer::create(key_, sealer_.sealed() + count).value(); }
  /// The number of the next packet.
  [[nodiscard]] std::uint64_t next_number() const { return sealer_.sealed(); }

 private:
  crypto::MediaKey key_;
  crypto::PacketSealer sealer_;
};

}  // namespace pf::test
