// The two ends of a stream without a screen: an encoder model, and the product's own sender, pacer, adaptation and
// receiver; or, to compare with, fixed parity and plain retransmission. Do no I/O and read no clock but the one given:
// a simulation and real sockets drive them alike.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/units.h"
#include "core/rate/packet_pacer.h"
#include "core/session/stream_adaptation.h"
#include "core/session/video_receiver.h"
#include "core/session/video_sender.h"
#include "support/encoder_model.h"

namespace pf::test {

enum class Strategy : std::uint8_t {
  adaptive,        // parity, pace and bitrate as the host does it
  fixed_parity,    // 20% parity, the bitrate that was asked for, paced as for an unknown link
  retransmission,  // no parity: what is missing is asked for and sent again; pace and bitrate adapt
};
constexpr const char* to_string(Strategy strategy) {
  switch (strategy) {
    case Strategy::adaptive: return "ours";
    case Strategy::fixed_parity: return "fixed 20% parity";
    case Strategy::retransmission: return "retransmission";
  }
  return "unknown";
}

using Bytes = std::vector<std::byte>;
using Transmit = std::function<void(std::span<const std::byte>)>;

struct ModelOptions {
  Strategy strategy = Strategy::adaptive;
  std::uint64_t seed = 1;
  double frames_per_second = 60;
  Bitrate floor = 1_mbps;
  Bitrate ceiling = 20_mbps;
  Duration one_way{0};                  // the network's own delay, which latency is counted from
  Duration round_trip{0};               // of the network, until the client has measured it
  Duration in_time = milliseconds{50};  // after capture and one_way
};

/// One thread.
class ModelHost final : session::PacketSink {
 public:
  struct Counters {
    std::uint64_t frames = 0;
    std::uint64_t keyframes = 0;
    std::uint64_t video_bytes = 0;
    std::uint64_t wire_bytes = 0;  // UDP payloads
  };
  ModelHost(const ModelOptions& options, const Clock& clock, Transmit transmit);

  /// Does what is due: captures, sends. Returns when to come back.
  TimePoint advance();
  /// What a client has sent.
  void receive(std::span<const std::byte> message);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] const session::StreamAdaptation::Plan& plan() const { return adaptation_.plan(); }
  [[nodiscard]] Bitrate encoder_bitrate() const;

 private:
  void begin_frame(std::size_t bytes) override;
  Result<void> send(std::span<const std::byte> packets, std::size_t segment) override;
  void capture();
  void leave();
  void transmit(std::span<const std::byte> packet);
  void send_again(std::span<const std::byte> numbers);

  const ModelOptions options_;
  const Clock& clock_;
  const Transmit transmit_;
  const Duration interval_;
  EncoderModel encoder_;
  session::StreamAdaptation adaptation_;
  rate::PacketPacer pacer_;
  const Bytes picture_;
  std::unique_ptr<session::VideoSender> sender_;
  std::deque<Bytes> waiting_;                         // for the pacer
  std::deque<std::pair<std::uint64_t, Bytes>> sent_;  // that may be asked for again
  TimePoint next_capture_;
  TimePoint last_keyframe_;
  bool keyframe_wanted_ = true;
  Counters counters_;
};

/// One thread.
class ModelClient {
 public:
  struct Counters {
    std::uint64_t delivered = 0;
    std::uint64_t in_time = 0;
    std::uint64_t lost = 0;
    std::uint64_t stalls = 0;  // more than 100 ms without a frame delivered
    Duration longest_stall{0};
    std::vector<float> added_latency_ms;  // of each frame delivered: beyond the network's own delay
  };
  ModelClient(const ModelOptions& options, const Clock& clock, Transmit transmit);

  /// A packet from the host.
  void receive(std::span<std::byte> packet);
  /// Does what is due: gives up, reports, asks. Returns when to come back.
  TimePoint advance();

  /// The stream is over: if it has delivered nothing lately, or nothing at all, that was a stall.
  const Counters& finish();
  /// The largest latency since the last call.
  double take_worst_latency_ms() { return std::exchange(worst_ms_, 0); }

 private:
  struct Missing {
    TimePoint since;
    std::optional<TimePoint> asked;
    unsigned times_asked = 0;
  };
  void take();
  void end_gap(TimePoint now);
  void judge(const session::ReceivedUnit& unit);
  void tick();
  void note_arrival(std::uint64_t number);
  void ask_for_missing();

  const ModelOptions options_;
  const Clock& clock_;
  const Transmit transmit_;
  std::unique_ptr<session::VideoReceiver> receiver_;
  std::map<std::uint64_t, Missing> missing_;
  Duration answer_time_;  // from asking for a packet to its arrival, smoothed
  std::uint64_t next_number_ = 0;
  TimePoint last_delivery_;  // the begin of the stream before there was one
  std::optional<TimePoint> asked_;
  TimePoint next_tick_;
  TimePoint next_feedback_;
  double worst_ms_ = 0;
  Counters counters_;
};

}  // namespace pf::test
