#include "host/gamestream/audio/sound_packetiser.h"

#include <algorithm>
#include <utility>

#include "host/gamestream/audio/sound_encoder.h"
#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::byte rtp_version{0x80};
constexpr std::byte sound_type{97};
constexpr std::byte parity_type{127};
constexpr std::size_t rtp_size = 12;
constexpr std::size_t parity_header_size = 12;
constexpr std::size_t most_payload = SoundEncoder::max_packet + 16;  // with padding

void write_rtp(std::span<std::byte> to, std::byte type, std::uint16_t sequence, std::uint32_t timestamp) {
  std::fill_n(to.begin(), rtp_size, std::byte{0});
  to[0] = rtp_version;
  to[1] = type;
  store_be(to.subspan(2), sequence);
  store_be(to.subspan(4), timestamp);
}

}  // namespace

SoundPacketiser::SoundPacketiser(std::int32_t key_id, std::optional<CbcEncryptor> cipher, unsigned packet_ms)
    : key_id_(key_id), cipher_(std::move(cipher)), packet_ms_(packet_ms) {
  for (auto& payload : block_) payload.reserve(most_payload);
  for (auto& shard : parity_) shard.reserve(most_payload);
  packet_.reserve(rtp_size + parity_header_size + most_payload);
}

Result<SoundPacketiser> SoundPacketiser::create(const Seal& seal, unsigned packet_ms) {
  std::optional<CbcEncryptor> cipher;
  if (seal.on) {
    auto made = CbcEncryptor::create(seal.key);
    if (!made) return std::unexpected(made.error());
    cipher = std::move(*made);
  }
  return SoundPacketiser(seal.key_id, std::move(cipher), packet_ms);
}

// Each block has packets of one sequence divisible by four and the three that follow.
Result<void> SoundPacketiser::send(std::span<const std::byte> opus, session::PacketSink& sink) {
  if (auto ok = fill(opus); !ok) return ok;
  const auto& payload = block_[sequence_ % data_shards];
  packet_.resize(rtp_size);
  write_rtp(packet_, sound_type, sequence_, timestamp_);
  packet_.insert(packet_.end(), payload.begin(), payload.end());
  auto sent = sink.send(packet_, packet_.size());
  ++sequence_;
  timestamp_ += packet_ms_;
  if (sequence_ % data_shards != 0) return sent;
  auto parity = send_parity(sink);
  return sent ? parity : sent;
}

Result<void> SoundPacketiser::fill(std::span<const std::byte> opus) {
  auto& payload = block_[sequence_ % data_shards];
  if (!cipher_) {
    payload.assign(opus.begin(), opus.end());
    return {};
  }
  std::array<std::byte, 16> iv{};
  store_be(std::span(iv), static_cast<std::uint32_t>(key_id_) + sequence_);
  return cipher_->encrypt(iv, opus, payload);
}

Result<void> SoundPacketiser::send_parity(session::PacketSink& sink) {
  const auto size = block_.front().size();
  // Constant bitrate makes packets of one size; were one to differ, its block would do without parity.
  if (std::ranges::any_of(block_, [&](const auto& payload) { return payload.size() != size; })) return {};
  for (auto& shard : parity_) shard.resize(size);
  const std::array<const std::byte*, data_shards> data{block_[0].data(), block_[1].data(), block_[2].data(),
                                                       block_[3].data()};
  const std::array<std::byte*, parity_shards> into{parity_[0].data(), parity_[1].data()};
  if (auto ok = codec_.encode(data, into, size); !ok) return ok;

  const auto first = static_cast<std::uint16_t>(sequence_ - data_shards);
  Result<void> outcome;
  for (std::size_t i = 0; i < parity_shards; ++i) {
    packet_.assign(rtp_size + parity_header_size, std::byte{0});
    write_rtp(packet_, parity_type, static_cast<std::uint16_t>(sequence_ + i), 0);
    const auto header = std::span(packet_).subspan(rtp_size);
    header[0] = static_cast<std::byte>(i);
    header[1] = sound_type;
    store_be(header.subspan(2), first);
    store_be(header.subspan(4), timestamp_ - static_cast<std::uint32_t>(data_shards * packet_ms_));
    packet_.insert(packet_.end(), parity_[i].begin(), parity_[i].end());
    if (auto sent = sink.send(packet_, packet_.size()); !sent) outcome = std::move(sent);
  }
  return outcome;
}

}  // namespace pf::host::gamestream
