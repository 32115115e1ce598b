#include <cmath>

#include "client/cli/commands.h"
#include "client/cli/session_setup.h"
#include "client/window/stream_window.h"

namespace pf::client {

Exit run(const StreamCommand& command) {
  auto state = ClientState::open();
  if (!state) return report(state.error());
  WindowOptions options;
  options.screen = {.title = command.session.host + " - punktfunk",
                    .fullscreen = command.fullscreen,
                    .vsync = command.vsync,
                    .software = command.software};
  options.grab = command.grab;
  options.overlay = command.overlay;
  options.follow_window = command.follow_window;
  if (command.frames != 0) options.frames = command.frames;
  if (command.seconds > 0) options.duration = std::chrono::milliseconds{std::llround(command.seconds * 1000)};
  options.screenshot = command.screenshot;
  auto window = StreamWindow::open(options);
  if (!window) return report(window.error());

  auto session = command.session;
  if (session.mode.empty()) session.mode = (*window)->display_mode().to_string();
  const auto link = make_link_options(session, *state);
  if (!link) return report(link.error());
  if (auto done = (*window)->run(*link); !done) return report(done.error());
  return Exit::ok;
}

}  // namespace pf::client
