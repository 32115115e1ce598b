// What the user does in the window, to the host or to the client itself.
#pragma once

#include <functional>

#include "client/play/chords.h"
#include "client/play/held_keys.h"
#include "client/play/stream_session.h"
#include "client/play/wheel.h"
#include "client/window/screen.h"

namespace pf::client {

/// The main thread.
class InputRouter {
 public:
  InputRouter(StreamSession& session, Screen& screen, std::function<void(Action)> on_action)
      : session_(session), screen_(screen), on_action_(std::move(on_action)) {}

  void on_event(const SDL_Event& event);
  void toggle_grab();
  /// A new connection's host knows of no key that is down.
  void forget();

 private:
  void on_key(const SDL_KeyboardEvent& key);
  void on_text(const char* utf8);
  void on_motion(const SDL_MouseMotionEvent& motion);
  void on_button(const SDL_MouseButtonEvent& button);
  void on_wheel(const SDL_MouseWheelEvent& wheel);
  void release_all();
  void place(int x, int y);

  StreamSession& session_;
  Screen& screen_;
  const std::function<void(Action)> on_action_;
  HeldKeys held_;
  WheelAxis vertical_, horizontal_;
  bool grabbed_ = false;
};

}  // namespace pf::client
