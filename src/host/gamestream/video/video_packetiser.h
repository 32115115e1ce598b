// Access units to GameStream's video packets: equal shards, parity by block, sealed where the client asked for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/crypto/aead.h"
#include "core/fec/reed_solomon8.h"
#include "core/session/fec_policy.h"
#include "core/session/unit_sender.h"
#include "host/gamestream/launch.h"
#include "host/gamestream/rtsp/stream_request.h"
#include "host/gamestream/video/fec_plan.h"
#include "host/gamestream/video/video_packet.h"

namespace pf::host::gamestream {

/// One video stream. One thread. All memory is taken at the start, for the mode's largest unit or the largest that four
/// FEC blocks hold.
class VideoPacketiser final : public session::UnitSender {
 public:
  /// Errors: internal (no AES).
  static Result<std::unique_ptr<VideoPacketiser>> create(const VideoRequest& request, const StreamKey& key,
                                                         const Clock& clock);
  Result<session::SentUnit> send(const session::VideoUnit& unit, session::PacketSink& sink) override;
  void set_max_unit(std::size_t max_unit) override;
  void set_loss(const session::LossModel& loss) override { policy_.set_loss(loss); }

 private:
  VideoPacketiser(const VideoRequest& request, std::unique_ptr<crypto::Aead> cipher, const Clock& clock);
  void cut(const session::VideoUnit& unit, const FecPlan& plan, TimePoint now);
  Result<void> add_parity(const FecPlan& plan);
  void place(const FecPlan& plan, TimePoint captured);
  Result<void> seal(std::size_t packets);
  /// The packet's RTP header and what follows.
  [[nodiscard]] std::span<std::byte> packet(std::size_t index);
  [[nodiscard]] std::span<std::byte> shard(std::size_t index) { return packet(index).subspan(rtp_size); }
  [[nodiscard]] std::size_t wire_size() const;
  [[nodiscard]] std::size_t data_packets(std::size_t unit_size) const;

  const std::size_t packet_size_;  // NV header and payload
  std::size_t max_unit_ = 0;
  std::unique_ptr<crypto::Aead> cipher_;
  const Clock& clock_;
  session::FecPolicy policy_;
  fec::ReedSolomon8 codec_{fec::GameStreamCode::video};
  std::uint32_t frame_ = 1;
  std::uint32_t index_ = 0;  // of data packets
  std::uint16_t sequence_ = 0;
  std::uint64_t sealed_ = 0;
  std::optional<TimePoint> epoch_;  // where the RTP clock is 1
  std::vector<std::byte> packets_;  // the frame's, back to back
  std::vector<const std::byte*> data_;
  std::vector<std::byte*> parity_;
};

}  // namespace pf::host::gamestream
