// One client's session: a display of its own, and the stream of the client's present attachment.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/session/stage_stats.h"
#include "host/gamestream/control/control_messages.h"
#include "host/gamestream/input/input_translator.h"
#include "host/gamestream/launch.h"
#include "host/gamestream/rtsp/stream_request.h"
#include "host/gamestream/stream/route.h"
#include "host/gamestream/stream/sound_track.h"
#include "host/seams/platform.h"
#include "host/stream/host_event.h"
#include "host/stream/host_status.h"
#include "host/stream/input_loop.h"
#include "host/stream/session_settings.h"
#include "host/stream/stream_rate.h"
#include "host/stream/video_stream.h"

namespace pf::host::gamestream {

/// A client that wants the stream: what it launched, what it announced, and the ways to it.
struct PlayOrder {
  Launch launch;
  StreamRequest request;
  std::shared_ptr<Route> video;
  std::shared_ptr<Route> sound;
};

/// Its own thread makes and removes the display and everything on it, because compositors take their time. The calls
/// here leave an order and return at once; any thread.
class GameSession {
 public:
  /// On the session's thread; must not wait for the session.
  struct Events {
    std::function<void(const Launch& launch, const Stage& stage, bool first)> streaming;
    /// The stream can't be had, or broke; the session is over.
    std::function<void(const PipelineError& error)> failed;
    OnHostEvent report;
    /// For the client, from whatever thread: rumble, light, motion that is wanted.
    std::function<void(const HostMessage& message)> tell;
  };
  GameSession(std::string client, const SessionSettings& settings, Platform& platform, const Clock& clock,
              Events events);
  /// Ends the stream and waits until the display is gone.
  ~GameSession();
  GameSession(const GameSession&) = delete;
  GameSession& operator=(const GameSession&) = delete;

  /// Streams on the present display, or a new one.
  void play(PlayOrder order);
  /// A route of the present order leads somewhere now. Nothing is encoded before its video's does: what cannot be sent
  /// would be the keyframe.
  void reached();
  /// The client is away; the display stays.
  void suspend();

  void input(const InputPacket& packet);
  void request_keyframe();
  void invalidate(FrameId first, FrameId last);
  void set_loss(double share);
  [[nodiscard]] std::uint64_t packets_sent() const { return counters_.packets_sent; }
  /// Without what the session does not know: whose it is, and whether its client is there.
  [[nodiscard]] SessionStatus status() const;

 private:
  struct Live {
    std::unique_ptr<VideoStream> video;
    std::unique_ptr<StreamRate> rate;  // for parity and pace; the bitrate stays
    std::unique_ptr<SoundTrack> sound;
    std::unique_ptr<InputLoop> input;
    InputTranslator translator;
  };
  struct Orders {
    std::optional<PlayOrder> play;
    bool suspend = false;
    std::optional<PipelineError> failure;
    [[nodiscard]] bool empty() const { return !play && !suspend && !failure; }
  };

  void run(const std::stop_token& stop);
  void carry_out(Orders orders, const std::stop_token& stop);
  std::optional<PipelineError> begin(const PlayOrder& order, const std::stop_token& stop);
  bool wait_for(const Route& video, const std::stop_token& stop);
  std::expected<std::unique_ptr<Live>, PipelineError> open(const PlayOrder& order);
  Result<void> fit_display(const Mode& mode, const std::string& name);
  void drop_live();
  void note(const Live& live, const StreamRequest& request);
  void pass_on(const GamepadFeedback& feedback) const;
  void ask_for_motion(const GamepadArrivalPacket& pad) const;
  void report(HostEvent::Kind kind, HostEvent::Level level, const std::string& text) const;

  const std::string client_;  // its name
  const SessionSettings settings_;
  Platform& platform_;
  const Clock& clock_;
  const Events events_;
  const TimePoint born_;
  SessionCounters counters_;
  session::StageStats stages_;
  mutable std::mutex status_mutex_;
  SessionStatus status_;

  std::unique_ptr<VirtualDisplay> display_;  // the thread's own
  bool streamed_ = false;                    // likewise: once, at least

  std::mutex orders_mutex_;
  std::condition_variable_any ordered_;
  Orders orders_;

  /// Guards the pointer for callers of other threads; the session's thread alone sets it.
  mutable std::mutex live_mutex_;
  std::unique_ptr<Live> live_;

  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host::gamestream
