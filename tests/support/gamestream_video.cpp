#include "support/gamestream_video.h"

#include <stdexcept>
#include <string>

namespace pf::test {
namespace {

constexpr std::size_t rtp = 16;
constexpr std::size_t nv = 16;
constexpr std::size_t frame_header = 8;
constexpr std::size_t most_frames = 32;  // that are remembered

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("a video packet ") + what);
}

std::uint32_t little(const std::uint8_t* at) {
  return at[0] | at[1] << 8 | at[2] << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

}  // namespace

std::optional<VideoFrame> VideoAssembler::add(std::span<const std::byte> packet) {
  require(packet.size() == rtp + packet_size_, "has another size than was announced");
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(packet.data());
  require(bytes[0] == 0x90, "is no RTP with an extension");
  const auto* head = bytes + rtp;
  const auto number = little(head + 4);
  const auto info = little(head + 12);
  const std::size_t data = info >> 22;
  const std::size_t index = info >> 12 & 0x3ff;
  const std::size_t percent = info >> 4 & 0xff;
  const std::size_t block_number = head[11] >> 4 & 3;
  const std::size_t parity = (data * percent + 99) / 100;
  require(data > 0 && (parity == 0 || data + parity <= 255), "has an impossible FEC block");
  require(index < data + parity, "stands outside its FEC block");

  auto& frame = frames_[number];
  if (frames_.size() > most_frames && number != frames_.begin()->first) frames_.erase(frames_.begin());
  frame.blocks = (head[11] >> 6) + 1U;
  auto& block = frame.parts[block_number];
  if (block.shards.empty()) block = {.data = data, .parity = parity, .shards = {}, .received = 0};
  block.shards.resize(data + parity);
  require(block.data == data && block.parity == parity, "disagrees with its block");
  if (!block.shards[index]) ++block.received;
  block.shards[index] = Shard(head, bytes + packet.size());
  return finish(number, frame);
}

std::optional<VideoFrame> VideoAssembler::finish(std::uint32_t number, Frame& frame) {
  if (frame.done || frame.parts.size() < frame.blocks) return std::nullopt;
  for (const auto& [index, block] : frame.parts)
    if (block.received < block.data) return std::nullopt;
  frame.done = true;
  VideoFrame out{.number = number, .kind = 0, .latency = 0, .rebuilt = 0, .data = {}};
  std::optional<std::uint32_t> last_index;
  for (auto& [block_number, block] : frame.parts) {
    const auto middle = block.shards.begin() + static_cast<std::ptrdiff_t>(block.data);
    std::vector<std::optional<Shard>> data(block.shards.begin(), middle);
    const std::vector<std::optional<Shard>> parity(middle, block.shards.end());
    for (const auto& shard : data) out.rebuilt += shard ? 0U : 1U;
    require(rebuild(video_matrix(block.data, block.parity), data, parity), "can't be rebuilt");
    for (std::size_t i = 0; i < data.size(); ++i) {
      const auto& shard = *data[i];
      const auto flags = static_cast<unsigned>(1 | (i + 1 == data.size() ? 2 : 0) | (i == 0 ? 4 : 0));
      require(shard[8] == flags, "has the wrong flags");
      const auto index = little(shard.data()) >> 8;
      require(!last_index || index == *last_index + 1, "is out of order");
      last_index = index;
      out.data.insert(out.data.end(), shard.begin() + nv, shard.end());
    }
  }
  require(out.data[0] == 1, "has no frame header");
  out.latency = static_cast<std::uint16_t>(out.data[1] | out.data[2] << 8);
  out.kind = out.data[3];
  const std::size_t last = out.data[4] | out.data[5] << 8U;
  const auto payload = packet_size_ - nv;
  require(last > 0 && last <= payload, "says nonsense about the last payload");
  out.data.resize(out.data.size() - payload + last);
  out.data.erase(out.data.begin(), out.data.begin() + frame_header);
  return out;
}

}  // namespace pf::test
