// GameStream's video as a client puts it together: packets in, frames out. Shares nothing with the host's packetiser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "support/gamestream_fec.h"

namespace pf::test {

struct VideoFrame {
  std::uint32_t number = 0;
  std::uint8_t kind = 0;
  std::uint16_t latency = 0;  // 1/10 ms
  std::size_t rebuilt = 0;    // packets that parity made good
  std::vector<std::uint8_t> data;
};

class VideoAssembler {
 public:
  explicit VideoAssembler(std::size_t packet_size) : packet_size_(packet_size) {}
  /// A frame when this packet makes it complete. Throws where a packet breaks the rules that clients go by.
  std::optional<VideoFrame> add(std::span<const std::byte> packet);

 private:
  struct Block {
    std::size_t data = 0;
    std::size_t parity = 0;
    std::vector<std::optional<Shard>> shards;
    std::size_t received = 0;
  };
  struct Frame {
    std::size_t blocks = 0;
    std::map<std::size_t, Block> parts;
    bool done = false;
  };
  [[nodiscard]] std::optional<VideoFrame> finish(std::uint32_t number, Frame& frame);

  std::size_t packet_size_;
  std::map<std::uint32_t, Frame> frames_;
};

}  // namespace pf::test
