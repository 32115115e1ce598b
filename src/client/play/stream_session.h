// A stream that survives short cuts of the network: connects, starts, and takes the session up again when the
// connection is lost.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "client/play/reconnect_policy.h"
#include "control/link/client_link.h"

namespace pf::client {

struct SessionState {
  enum class Phase : std::uint8_t { connecting, streaming, reconnecting, ended };
  Phase phase = Phase::connecting;
  Error error;  // reconnecting and ended: why, as a sentence
};

class StreamSession {
 public:
  struct Events {
    // As LinkEvents' of the same name.
    std::function<void(session::ReceivedUnit)> on_video;
    std::function<void(session::ReceivedAudio)> on_audio;
    // On the session's own thread.
    std::function<void()> on_connecting;  // before each attempt: the next units are another stream's
    std::function<void(const wire::Started& started, const wire::Welcome& welcome)> on_started;
    std::function<void(const SessionState&)> on_state;
    // On the link's control thread.
    std::function<void(const wire::Reconfigured&)> on_reconfigured;
  };

  /// `clock` outlives it.
  StreamSession(control::LinkOptions options, Events events, const Clock& clock);
  ~StreamSession();  // as stop()
  StreamSession(const StreamSession&) = delete;
  StreamSession& operator=(const StreamSession&) = delete;

  /// Begins to connect. Once.
  void start();
  /// Says goodbye and waits for a connection attempt that is under way. No event comes afterwards.
  void stop();
  [[nodiscard]] SessionState state() const;

  /// Calls `use` with the link while one is up; false if none is. Any thread but the link's own. `use` must not wait.
  template <class Use>
  bool with_link(Use use) {
    const std::lock_guard lock(mutex_);
    if (!link_) return false;
    use(*link_);
    return true;
  }
  /// Before there is a link: once there is one, for media may come first. As with_link().
  void request_keyframe();

 private:
  struct Ended {
    std::string text;
    bool retry = false;
  };

  void run(const std::stop_token& stop);
  bool try_once();
  Ended wait_for_end(const std::stop_token& stop);
  bool wait_until(TimePoint at, const std::stop_token& stop);
  control::LinkEvents link_events();
  void on_reconfigured(const wire::Reconfigured& answer);
  void enter(SessionState::Phase phase, Error error = {});

  control::LinkOptions options_;  // the session thread's
  const Events events_;
  const Clock& clock_;
  ReconnectPolicy policy_;
  milliseconds grace_{0};

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  SessionState state_;
  Error failure_;  // of the last attempt
  std::unique_ptr<control::ClientLink> link_;
  std::optional<Ended> ended_;
  std::optional<Mode> mode_;     // after a reconfiguration
  bool wants_keyframe_ = false;  // and there was nobody to ask
  std::jthread thread_;
};

}  // namespace pf::client
