// What turns access units into packets: each wire protocol has its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"
#include "core/session/loss_model.h"
#include "core/session/packet_sink.h"
#include "core/wire/unit_prefix.h"

namespace pf::session {

struct VideoUnit {
  std::span<const std::byte> data;  // one access unit (H.264: Annex B)
  VideoCodec codec = VideoCodec::h264;
  bool keyframe = false;
  bool repaired = false;         // decodes without the frames that the client has said it lost
  std::uint8_t until_shown = 0;  // wire::UnitPrefix
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  TimePoint captured;  // when the compositor presented the picture
  wire::HostTimes times{};
};

struct SentUnit {
  FrameId frame;
  std::size_t packets = 0;  // parity included
  std::size_t bytes = 0;    // on the wire, UDP payloads
  std::size_t dropped = 0;  // of the packets, those that the sink had no room for
  Duration packetise{0};    // cut + parity + seal
  Duration transmit{0};     // handing to the sink
};

/// One video stream. One thread.
class UnitSender {
 public:
  virtual ~UnitSender() = default;
  /// Cuts the unit into packets and hands them to the sink, parity last. Errors: refused (larger than the client takes
  /// in this mode); invalid_argument (a unit that the protocol can't carry); the sink's.
  virtual Result<SentUnit> send(const VideoUnit& unit, PacketSink& sink) = 0;
  /// Of units from now on, when the mode changes: see max_unit_for().
  virtual void set_max_unit(std::size_t max_unit) = 0;
  /// How the path loses packets from now on.
  virtual void set_loss(const LossModel& loss) = 0;
};

}  // namespace pf::session
