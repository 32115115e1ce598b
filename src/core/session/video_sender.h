// Access unit in, sealed packets out: cuts the unit into equal shards, adds parity, seals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "core/crypto/packet_protection.h"
#include "core/fec/reed_solomon16.h"
#include "core/session/fec_policy.h"
#include "core/session/packet_sink.h"
#include "core/session/stream_position.h"
#include "core/session/unit_limit.h"
#include "core/session/unit_sender.h"

namespace pf::session {

/// One video stream. One thread sends; set_loss and set_max_unit from any through the caller's own queue. All memory is
/// taken at the start and by set_max_unit: that of the largest unit's packets, and what it takes to work out their
/// parity.
class VideoSender final : public UnitSender {
 public:
  static constexpr std::size_t smallest_datagram = 256;
  static constexpr std::size_t largest_datagram = 65'507;  // of UDP over IPv4
  struct Options {
    std::size_t max_datagram = wire::default_datagram_size;
    std::size_t max_unit = most_max_unit;
    FecPolicy::Limits fec{};
  };
  /// Errors: invalid_argument (a datagram size outside smallest_datagram to largest_datagram).
  static Result<std::unique_ptr<VideoSender>> create(const crypto::MediaKey& key, const Options& options,
                                                     const Clock& clock, const StreamPosition& start = {});

  /// Data first, parity last, in batches of equal packets that segmentation offload takes whole. A sink that is
  /// `exhausted` has lost a batch, which parity may yet make good: the rest still goes out.
  /// Errors: refused (the unit is larger than max_unit, or has more shards than a client takes); invalid_argument
  /// (empty, or a picture too large); the sealer's; the sink's others.
  Result<SentUnit> send(const VideoUnit& unit, PacketSink& sink) override;
  void set_max_unit(std::size_t max_unit) override;
  void set_loss(const LossModel& loss) override { fec_policy_.set_loss(loss); }

 private:
  /// A frame's shape: `data` shards of `shard_size` bytes and `parity` more.
  struct Block {
    std::size_t data = 0;
    std::size_t parity = 0;
    std::size_t shard_size = 0;
    [[nodiscard]] std::size_t packet_size() const { return shard_size + wire::media_overhead; }
    [[nodiscard]] std::size_t packets() const { return data + parity; }
  };

  VideoSender(crypto::PacketSealer sealer, const Options& options, const Clock& clock, FrameId first);
  void reserve();
  [[nodiscard]] std::size_t most_payload() const { return (options_.max_datagram - wire::media_overhead) / 2 * 2; }
  [[nodiscard]] Result<Block> shape(const VideoUnit& unit);
  std::byte* payload(const Block& block, std::size_t shard);
  void lay_out(const VideoUnit& unit, const Block& block);
  Result<void> seal(const wire::MediaHeader& header, const Block& block, std::size_t first, std::size_t count);

  crypto::PacketSealer sealer_;
  Options options_;
  const Clock& clock_;
  FecPolicy fec_policy_;
  fec::ReedSolomon16 codec_;
  FrameId next_frame_;
  bool first_ = true;
  std::vector<std::byte> packets_;  // the frame's packets, back to back
  std::vector<std::byte> edges_;    // of the frame's data, the first shard and the last
  std::vector<const std::byte*> data_;
  std::vector<std::byte*> parity_;
};

}  // namespace pf::session
