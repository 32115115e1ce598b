// One client's session: a display of its own, its stream, and what happens to both when the client changes the mode,
// drops out or leaves.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/wire/control_messages.h"
#include "core/wire/input_events.h"
#include "host/seams/platform.h"
#include "host/stream/host_event.h"
#include "host/stream/host_status.h"
#include "host/stream/live_stream.h"
#include "host/stream/session_settings.h"

namespace pf::host {

/// What a session tells its owner. On the session's thread, feedback of gamepads on any; must not wait for the session.
struct SessionEvents {
  /// For the client behind `connection`: Started, Refusal, Reconfigured, HostStats, GamepadRumble, GamepadLight, or
  /// Goodbye when the session ends by itself. Started comes before the first media packet.
  std::function<void(std::uint64_t connection, const wire::ControlMessage&)> deliver;
  OnHostEvent report;
  /// Last of all: the display is gone, and the session may be destroyed (on another thread than its own). `unserved`
  /// came while the session was ending and wants another one.
  std::function<void(std::optional<Attachment> unserved)> gone;
};

/// Its own thread makes and removes the display and everything on it, because compositors take their time. The calls
/// here leave an order and return at once; any thread. The newest order of a kind replaces one not yet carried out.
class StreamSession {
 public:
  StreamSession(SessionOwner owner, const SessionSettings& settings, Platform& platform, const Clock& clock,
                SessionEvents events);
  /// Ends the session and waits until its display is gone.
  ~StreamSession();
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  [[nodiscard]] const SessionOwner& owner() const { return owner_; }

  /// A client is there: streams to it, on the display of the earlier attachment where there is one. False: too late,
  /// the session is over.
  bool attach(Attachment attachment);
  /// The client is out of reach. The display waits for the grace period.
  void detach();
  /// Removes the display now. `why` is for the log.
  void end(const std::string& why);
  /// Returns the answer to an earlier request that this one overtakes.
  std::optional<wire::Reconfigured> reconfigure(const wire::Reconfigure& request);

  void request_keyframe();
  void invalidate(const wire::InvalidateFrames& lost);
  void set_bitrate(Bitrate bitrate);
  void on_client_stats(const wire::ClientStats& stats);
  void on_feedback(const wire::Feedback& feedback);
  void input(const wire::ReliableInput& event);
  void input(const wire::UnreliableInput& motion);

  [[nodiscard]] SessionStatus status() const;

 private:
  struct Orders {
    std::optional<Attachment> attach;
    bool detach = false;
    std::optional<wire::Reconfigure> reconfigure;
    std::optional<PipelineError> failure;
    [[nodiscard]] bool empty() const { return !attach && !detach && !reconfigure && !failure; }
  };

  void run(const std::stop_token& stop);
  Orders wait_for_orders(const std::stop_token& stop);
  bool carry_out(Orders orders, const std::stop_token& stop);
  bool begin(const Attachment& attachment);
  std::optional<wire::Refusal> open_live(const Attachment& attachment);
  std::optional<wire::Refusal> fit_display(const Mode& mode);
  void wind_up();
  void suspend();
  void drop_live();
  void leave(const PipelineError& failure);
  void change_mode(const wire::Reconfigure& request, const std::stop_token& stop);
  Result<void> try_mode(const Mode& mode, Bitrate bitrate, const std::stop_token& stop);
  void send_stats();
  void refuse(wire::Refusal refusal);
  void report(HostEvent::Kind kind, HostEvent::Level level, const std::string& text) const;
  [[nodiscard]] Bitrate allowed(Bitrate wanted) const;

  const SessionOwner owner_;
  const SessionSettings settings_;
  Platform& platform_;
  const Clock& clock_;
  const SessionEvents events_;
  const TimePoint born_;

  SessionCounters counters_;
  session::StageStats stages_;

  // The session thread's own.
  std::unique_ptr<VirtualDisplay> display_;
  unsigned displays_made_ = 0;
  std::uint64_t connection_ = 0;  // that the stream goes to; 0: nobody is there
  UsageMeter usage_;
  TimePoint next_stats_;
  std::optional<TimePoint> display_until_;  // set while nobody is attached

  mutable std::mutex orders_mutex_;
  std::condition_variable_any ordered_;
  Orders orders_;
  std::string end_reason_;
  bool over_ = false;

  /// Guards the pointer for callers of other threads; the session thread alone sets it.
  mutable std::mutex live_mutex_;
  std::unique_ptr<LiveStream> live_;

  mutable std::mutex status_mutex_;
  SessionStatus status_;

  std::jthread thread_;  // last, so that it sees everything else whole
};

}  // namespace pf::host
