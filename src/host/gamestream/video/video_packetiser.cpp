#include "host/gamestream/video/video_packetiser.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/session/unit_limit.h"
#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

// What Linux takes in one call with UDP_SEGMENT.
constexpr std::size_t max_batch_packets = 64;
constexpr std::size_t max_batch_bytes = 60'000;

constexpr std::size_t divide_up(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

std::uint16_t tenths_of_ms(Duration latency) {
  const auto tenths = std::chrono::duration_cast<microseconds>(latency).count() / 100;
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(tenths, 0, UINT16_MAX));
}

std::uint32_t rtp_clock(Duration since) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<microseconds>(since).count() * 9 / 100 + 1);
}

}  // namespace

VideoPacketiser::VideoPacketiser(const VideoRequest& request, std::unique_ptr<crypto::Aead> cipher, const Clock& clock)
    : packet_size_(request.packet_size),
      cipher_(std::move(cipher)),
      clock_(clock),
      policy_({.floor = request.parity_percent / 100.0, .cap = 1.0, .min_shards = request.min_parity}) {
  data_.reserve(FecPlan::max_bare_shards);
  parity_.reserve(FecPlan::max_shards);
  set_max_unit(session::max_unit_for(request.mode));
}

Result<std::unique_ptr<VideoPacketiser>> VideoPacketiser::create(const VideoRequest& request, const StreamKey& key,
                                                                 const Clock& clock) {
  std::unique_ptr<crypto::Aead> cipher;
  if (request.encrypted) {
    auto made = crypto::make_aead(key);
    if (!made) return std::unexpected(made.error());
    cipher = std::move(*made);
  }
  return std::unique_ptr<VideoPacketiser>(new VideoPacketiser(request, std::move(cipher), clock));
}

void VideoPacketiser::set_max_unit(std::size_t max_unit) {
  if (std::exchange(max_unit_, max_unit) == max_unit) return;
  packets_ = std::vector<std::byte>();  // an empty list would keep the old memory
  packets_.reserve(FecPlan::most_packets_up_to(data_packets(max_unit)) * wire_size());
}

std::size_t VideoPacketiser::data_packets(std::size_t unit_size) const {
  return divide_up(frame_header_size + unit_size, packet_size_ - nv_size);
}

std::size_t VideoPacketiser::wire_size() const {
  return rtp_size + packet_size_ + (cipher_ ? video_seal_size : 0);
}

std::span<std::byte> VideoPacketiser::packet(std::size_t index) {
  const auto all = std::span(packets_).subspan(index * wire_size(), wire_size());
  return all.last(rtp_size + packet_size_);
}

Result<session::SentUnit> VideoPacketiser::send(const session::VideoUnit& unit, session::PacketSink& sink) {
  TimePoint mark = clock_.now();
  const auto lap = [&] {
    const TimePoint before = std::exchange(mark, clock_.now());
    return mark - before;
  };
  if (unit.data.empty()) return fail(ErrorCode::invalid_argument, "an access unit without content");
  if (unit.data.size() > max_unit_)
    return fail(ErrorCode::refused, "an access unit of " + std::to_string(unit.data.size()) + " bytes is larger than " +
                                        std::to_string(max_unit_) + ", the most in this mode");
  const auto plan =
      FecPlan::make(data_packets(unit.data.size()), [this](std::size_t data) { return policy_.parity_for(data); });
  if (!plan) return std::unexpected(plan.error());

  const auto count = plan->packets();
  session::SentUnit sent{.frame = {frame_}, .packets = count, .bytes = count * wire_size()};
  if (packets_.size() < sent.bytes) packets_.resize(sent.bytes);
  cut(unit, *plan, mark);
  if (auto ok = add_parity(*plan); !ok) return std::unexpected(ok.error());
  place(*plan, unit.captured);
  if (auto ok = seal(count); !ok) return std::unexpected(ok.error());
  sent.packetise = lap();

  sink.begin_frame(sent.bytes);
  const auto most = std::clamp<std::size_t>(max_batch_bytes / wire_size(), 1, max_batch_packets);
  for (std::size_t first = 0; first < count; first += most) {
    const auto batch = std::min(most, count - first);
    const auto taken = sink.send(std::span(packets_).subspan(first * wire_size(), batch * wire_size()), wire_size());
    if (taken) continue;
    if (taken.error().code != ErrorCode::exhausted) return std::unexpected(taken.error());
    sent.dropped += batch;
  }
  sent.transmit = lap();
  return sent;
}

// Frame header and unit into the data packets' payloads, with zeros behind the end.
void VideoPacketiser::cut(const session::VideoUnit& unit, const FecPlan& plan, TimePoint now) {
  const auto payload = packet_size_ - nv_size;
  const auto total = frame_header_size + unit.data.size();
  const auto last = static_cast<std::uint16_t>((total - 1) % payload + 1);
  auto rest = unit.data;
  std::size_t at = 0;
  for (const auto& block : plan.blocks()) {
    for (std::size_t i = 0; i < block.data; ++i) {
      const auto to = shard(at + i);
      write_content(to, {.index = index_++, .first = i == 0, .last = i + 1 == block.data});
      auto room = to.subspan(nv_size);
      if (at + i == 0) {
        const auto kind = unit.keyframe ? FrameKind::idr : unit.repaired ? FrameKind::recovery : FrameKind::predicted;
        write_frame_header(room, tenths_of_ms(now - unit.captured), kind, last);
        room = room.subspan(frame_header_size);
      }
      const auto part = rest.first(std::min(rest.size(), room.size()));
      std::fill(std::copy(part.begin(), part.end(), room.begin()), room.end(), std::byte{0});
      rest = rest.subspan(part.size());
    }
    at += block.data + block.parity;
  }
}

Result<void> VideoPacketiser::add_parity(const FecPlan& plan) {
  std::size_t at = 0;
  for (const auto& block : plan.blocks()) {
    data_.clear();
    parity_.clear();
    for (std::size_t i = 0; i < block.data; ++i) data_.push_back(shard(at + i).data());
    for (std::size_t i = 0; i < block.parity; ++i) parity_.push_back(shard(at + block.data + i).data());
    at += block.data + block.parity;
    if (parity_.empty()) continue;
    if (auto ok = codec_.encode(data_, parity_, packet_size_); !ok) return ok;
  }
  return {};
}

void VideoPacketiser::place(const FecPlan& plan, TimePoint captured) {
  if (!epoch_) epoch_ = captured;
  const auto blocks = plan.blocks();
  std::size_t at = 0;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    for (std::size_t i = 0; i < blocks[b].data + blocks[b].parity; ++i)
      write_place(packet(at++), {.sequence = sequence_++,
                                 .timestamp = rtp_clock(captured - *epoch_),
                                 .frame = frame_,
                                 .block = static_cast<std::uint8_t>(b),
                                 .last_block = static_cast<std::uint8_t>(blocks.size() - 1),
                                 .shard = i,
                                 .data = blocks[b].data,
                                 .percent = blocks[b].percent});
  }
  ++frame_;
}

// IV, frame number, tag, then the packet. The IV travels along; its last bytes keep it apart from control's and RTSP's.
Result<void> VideoPacketiser::seal(std::size_t packets) {
  if (!cipher_) return {};
  for (std::size_t i = 0; i < packets; ++i) {
    const auto head = std::span(packets_).subspan(i * wire_size(), video_seal_size);
    crypto::AeadNonce iv{};
    store_le(std::span(iv), sealed_++);
    iv[10] = std::byte{'H'};
    iv[11] = std::byte{'V'};
    std::ranges::copy(iv, head.begin());
    store_le(head.subspan(12), frame_ - 1);
    if (auto ok = cipher_->seal_in_place(iv, {}, packet(i), head.subspan(16).first<crypto::aead_tag_size>()); !ok)
      return ok;
  }
  return {};
}

}  // namespace pf::host::gamestream
