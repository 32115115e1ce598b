#include "core/session/video_sender.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/session/send_delay.h"

namespace pf::session {
namespace {

// What Linux takes in one call with UDP_SEGMENT: UDP_MAX_SEGMENTS, and less than 64 KiB with headers.
constexpr std::size_t max_batch_packets = 64;
constexpr std::size_t max_batch_bytes = 60'000;

constexpr std::size_t divide_up(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

std::size_t batch_packets(std::size_t packet_size) {
  return std::clamp<std::size_t>(max_batch_bytes / packet_size, 1, max_batch_packets);
}

}  // namespace

VideoSender::VideoSender(crypto::PacketSealer sealer, const Options& options, const Clock& clock, FrameId first)
    : sealer_(std::move(sealer)), options_(options), clock_(clock), fec_policy_(options.fec), next_frame_(first) {
  reserve();
}

Result<std::unique_ptr<VideoSender>> VideoSender::create(const crypto::MediaKey& key, const Options& options,
                                                         const Clock& clock, const StreamPosition& start) {
  if (options.max_datagram < smallest_datagram || options.max_datagram > largest_datagram) {
    return fail(ErrorCode::invalid_argument, "a datagram size of " + std::to_string(options.max_datagram) +
                                                 " bytes is outside " + std::to_string(smallest_datagram) + " to " +
                                                 std::to_string(largest_datagram));
  }
  auto sealer = crypto::PacketSealer::create(key, start.packet);
  if (!sealer) return std::unexpected(sealer.error());
  return std::unique_ptr<VideoSender>(new VideoSender(std::move(*sealer), options, clock, start.frame));
}

void VideoSender::set_max_unit(std::size_t max_unit) {
  if (std::exchange(options_.max_unit, max_unit) != max_unit) reserve();
}

void VideoSender::reserve() {
  const std::size_t data = std::min(divide_up(wire::unit_prefix_size + options_.max_unit, most_payload()),
                                    max_data_shards_for(options_.max_unit));
  const std::size_t parity = fec_policy_.most_parity_up_to(data);
  packets_ = std::vector<std::byte>();  // an empty list would keep the old memory
  packets_.reserve((data + parity) * options_.max_datagram);
  data_ = std::vector<const std::byte*>();
  data_.reserve(data);
  parity_ = std::vector<std::byte*>();
  parity_.reserve(parity);
  edges_.resize(2 * most_payload());
  codec_ = fec::ReedSolomon16();
  codec_.reserve(data, parity);
}

Result<SentUnit> VideoSender::send(const VideoUnit& unit, PacketSink& sink) {
  TimePoint mark = clock_.now();
  // The time since the last look at the clock.
  const auto lap = [&] {
    const TimePoint before = std::exchange(mark, clock_.now());
    return mark - before;
  };
  const auto block = shape(unit);
  if (!block) return std::unexpected(block.error());
  lay_out(unit, *block);

  SentUnit sent{.frame = next_frame_, .packets = block->packets(), .bytes = block->packets() * block->packet_size()};
  wire::MediaHeader header;
  header.flags = {.keyframe = unit.keyframe, .discontinuity = std::exchange(first_, false) || unit.repaired};
  header.frame = std::exchange(next_frame_, next_frame_.next());
  header.timestamp_us = static_cast<std::uint32_t>(to_micros(unit.captured));
  header.data_shards = static_cast<std::uint16_t>(block->data);
  header.parity_shards = static_cast<std::uint16_t>(block->parity);

  const std::size_t most = batch_packets(block->packet_size());
  sink.begin_frame(sent.bytes);
  for (std::size_t first = 0, count = 0; first < block->packets(); first += count) {
    count = std::min(most, block->packets() - first);
    // All data is on its way before parity is worked out, for most frames need none. Where both fit one batch, a second
    // one would take longer than the parity.
    if (first < block->data && block->packets() > most) count = std::min(count, block->data - first);
    header.send_delay = send_delay(unit.captured, clock_.now());
    const bool first_with_parity = first <= block->data && first + count > block->data;
    if (first_with_parity) {
      if (auto ok = codec_.encode(data_, parity_, block->shard_size); !ok) return std::unexpected(ok.error());
    }
    if (auto ok = seal(header, *block, first, count); !ok) return std::unexpected(ok.error());
    sent.packetise += lap();
    const std::span batch(packets_.data() + first * block->packet_size(), count * block->packet_size());
    const auto taken = sink.send(batch, block->packet_size());
    sent.transmit += lap();
    if (taken) continue;
    if (taken.error().code != ErrorCode::exhausted) return std::unexpected(taken.error());
    sent.dropped += count;
  }
  return sent;
}

Result<VideoSender::Block> VideoSender::shape(const VideoUnit& unit) {
  if (unit.data.empty()) return fail(ErrorCode::invalid_argument, "an access unit without content");
  if (unit.width > UINT16_MAX || unit.height > UINT16_MAX) {
    return fail(ErrorCode::invalid_argument, "a picture larger than 65,535 pixels on a side");
  }
  const std::size_t total = wire::unit_prefix_size + unit.data.size();
  const std::size_t most = most_payload();
  if (unit.data.size() > options_.max_unit) {
    return fail(ErrorCode::refused, "an access unit of " + std::to_string(unit.data.size()) + " bytes is larger than " +
                                        std::to_string(options_.max_unit) + ", the most in this mode");
  }
  if (divide_up(total, most) > max_data_shards_for(options_.max_unit)) {
    return fail(ErrorCode::refused, "an access unit of " + std::to_string(unit.data.size()) +
                                        " bytes is too large for datagrams of " +
                                        std::to_string(options_.max_datagram));
  }
  Block block;
  block.shard_size = divide_up(divide_up(total, divide_up(total, most)), 2) * 2;
  // Rounding up may have left nothing for the last shards to carry.
  block.data = divide_up(total, block.shard_size);
  block.parity = fec_policy_.parity_for(block.data);
  return block;
}

std::byte* VideoSender::payload(const Block& block, std::size_t shard) {
  return packets_.data() + shard * block.packet_size() + wire::media_header_size;
}

// Notes where each data shard's bytes are: in the unit, apart from the first, which begins with the prefix, and the
// last, which ends with zeros.
void VideoSender::lay_out(const VideoUnit& unit, const Block& block) {
  const std::size_t room = block.packets() * block.packet_size();
  if (packets_.size() < room) packets_.resize(room);
  parity_.clear();
  for (std::size_t i = block.data; i < block.packets(); ++i) parity_.push_back(payload(block, i));

  const std::span first(edges_.data(), block.shard_size);
  const std::span last(edges_.data() + block.shard_size, block.shard_size);
  // A datagram of smallest_datagram holds more than a prefix, so the prefix is always in the first shard.
  wire::write_unit_prefix({.unit_size = static_cast<std::uint32_t>(unit.data.size()),
                           .codec = unit.codec,
                           .width = static_cast<std::uint16_t>(unit.width),
                           .height = static_cast<std::uint16_t>(unit.height),
                           .until_shown = unit.until_shown,
                           .times = unit.times},
                          first.first<wire::unit_prefix_size>());
  auto rest = unit.data;
  const auto take = [&](std::span<std::byte> to) {
    const auto part = rest.first(std::min(rest.size(), to.size()));
    rest = rest.subspan(part.size());
    std::fill(std::ranges::copy(part, to.begin()).out, to.end(), std::byte{0});
  };
  data_.clear();
  take(first.subspan(wire::unit_prefix_size));
  data_.push_back(first.data());
  for (; data_.size() + 1 < block.data; rest = rest.subspan(block.shard_size)) data_.push_back(rest.data());
  if (block.data == 1) return;
  take(last);
  data_.push_back(last.data());
}

// Data from where it is laid out, so that nothing is copied; parity has been made in its place.
Result<void> VideoSender::seal(const wire::MediaHeader& header, const Block& block, std::size_t first,
                               std::size_t count) {
  wire::MediaHeader numbered = header;
  for (std::size_t shard = first; shard < first + count; ++shard) {
    numbered.shard = static_cast<std::uint16_t>(shard);
    const std::span packet(packets_.data() + shard * block.packet_size(), block.packet_size());
    const auto* from = shard < block.data ? data_[shard] : payload(block, shard);
    if (auto ok = sealer_.seal(numbered, std::span(from, block.shard_size), packet); !ok) return ok;
  }
  return {};
}

}  // namespace pf::session
