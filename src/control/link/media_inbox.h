// The media side of a client's session: opens packets, hands out units and sound, notices loss.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/crypto/packet_protection.h"
#include "core/session/audio_stream.h"
#include "core/session/packet_loss.h"
#include "core/session/stage_stats.h"
#include "core/session/video_receiver.h"
#include "core/wire/control_messages.h"

namespace pf::control {

/// Any thread. The callbacks run with the lock held, one at a time: they hand over and return.
class MediaInbox {
 public:
  using OnVideo = std::function<void(session::ReceivedUnit)>;
  using OnAudio = std::function<void(session::ReceivedAudio)>;
  static Result<std::unique_ptr<MediaInbox>> create(const crypto::MediaSecret& secret, MediaCipher cipher,
                                                    const session::VideoReceiver::Options& options, const Clock& clock,
                                                    OnVideo on_video, OnAudio on_audio);

  /// The largest video unit that is taken from now on.
  void set_max_unit(std::size_t max_unit);
  void receive(std::span<std::byte> packet, TimePoint arrival);
  /// Hands out what is due without a packet, and gives up what is late.
  void advance(TimePoint now);
  /// What to ask the host for after a loss: first to do without the missing frames, then, when nothing has come in the
  /// time that an answer takes, for a keyframe, again and again.
  std::optional<wire::ControlMessage> repair_wanted(TimePoint now, std::optional<microseconds> round_trip);
  /// The next report on the way that packets come; nullopt while none come.
  std::optional<wire::Feedback> take_feedback(TimePoint now);

  void report(Duration decode, Duration end_to_end);
  /// What happened since the last call.
  wire::ClientStats take_stats(TimePoint now);
  [[nodiscard]] session::ReceiverCounters video_counters() const;
  [[nodiscard]] session::AudioReceiver::Counters audio_counters() const;

 private:
  MediaInbox() = default;
  void drain(TimePoint now);

  mutable std::mutex mutex_;
  std::unique_ptr<session::VideoReceiver> video_;
  std::unique_ptr<session::AudioReceiver> audio_;
  OnVideo on_video_;
  OnAudio on_audio_;
  std::vector<session::ReceivedAudio> heard_;
  std::optional<TimePoint> ask_at_;  // not before; set while something is missing
  std::uint64_t fed_back_ = 0;       // packets received, as of the last report
  unsigned reports_due_ = 0;         // after the last packet
  session::ReceiverCounters reported_;
  session::IntervalLoss loss_;
  std::optional<TimePoint> reported_at_;
  session::Histogram decode_;
  session::Histogram latency_;
};

}  // namespace pf::control
