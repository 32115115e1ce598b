// One stream in the window: its session, its decoders, its sound, and the loop that shows it.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "client/play/audio_player.h"
#include "client/play/figure_meter.h"
#include "client/play/resize_follower.h"
#include "client/play/stream_session.h"
#include "client/play/video_player.h"
#include "client/window/input_router.h"
#include "client/window/screen.h"
#include "client/window/sound_device.h"
#include "client/window/stream_window.h"

namespace pf::client {

/// The main thread.
class StreamView {
 public:
  StreamView(const WindowOptions& options, sdl::Library& library, Screen& screen, control::LinkOptions link);
  ~StreamView();
  StreamView(const StreamView&) = delete;
  StreamView& operator=(const StreamView&) = delete;

  Result<void> run();

 private:
  // What the session's threads tell the main thread.
  struct Connection {
    std::string host;
    Mode mode;
    bool audio = false;
    int number = 0;  // of connections made
    TimePoint lost;
    TimePoint began;
  };

  Result<void> start();
  Result<void> finish();
  [[nodiscard]] bool finished() const;
  StreamSession::Events session_events();
  VideoPlayer::Callbacks video_callbacks();

  // Other threads:
  void on_started(const wire::Started& started, const wire::Welcome& welcome);
  void on_state(const SessionState& state);
  void on_reconfigured(const wire::Reconfigured& answer);
  void on_decoded(session::ReceivedUnit& unit, Duration decode, TimePoint decoded);

  void on_event(const SDL_Event& event);
  void on_resized();
  void on_action(Action action);
  void fail_drawing(const Error& error);
  void refresh();
  void update_figures(TimePoint now);
  void update_banner();
  void match_window(Extent window);
  [[nodiscard]] std::optional<TimePoint> captured(std::uint32_t timestamp_us, TimePoint near);
  [[nodiscard]] Connection connection() const;

  const WindowOptions& options_;
  sdl::Library& library_;
  Screen& screen_;
  SteadyClock clock_;
  control::LinkOptions link_;
  FigureMeter meter_;
  std::unique_ptr<AudioPlayer> audio_;
  std::unique_ptr<SoundDevice> sound_;
  std::unique_ptr<VideoPlayer> video_;
  std::unique_ptr<StreamSession> session_;
  std::unique_ptr<InputRouter> input_;
  ResizeFollower follower_;
  Screen::Text text_;
  bool overlay_;
  bool dirty_ = true;
  bool quit_ = false;
  std::optional<Error> drawing_failure_;
  bool has_picture_ = false;
  std::uint64_t shown_ = 0;
  int known_connection_ = 0;

  mutable std::mutex mutex_;
  Connection connection_;
};

}  // namespace pf::client
