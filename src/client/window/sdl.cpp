#include "client/window/sdl.h"

namespace pf::client::sdl {

Result<std::unique_ptr<Library>> Library::start() {
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // Ctrl-C is ours
  SDL_SetHint(SDL_HINT_APP_NAME, "punktfunk");
  SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
  SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
  // A click that brings the window to the front is the user's first click on the host, too.
  SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
  SDL_SetMainReady();
  if (SDL_Init(SDL_INIT_VIDEO | SDL_INIT_EVENTS) != 0) {
    return fail(ErrorCode::unsupported, std::string("there is no display to open a window on (") + SDL_GetError() +
                                            "); start it in a desktop session, or use 'punktfunk probe'");
  }
  // BT.709, limited range: what the host encodes. Textures take it over when they are made.
  SDL_SetYUVConversionMode(SDL_YUV_CONVERSION_BT709);
  if (TTF_Init() != 0) {
    auto failed = error(ErrorCode::internal, "the text renderer does not start");
    SDL_Quit();
    return failed;
  }
  return std::unique_ptr<Library>(new Library(SDL_RegisterEvents(1)));
}

Library::~Library() {
  TTF_Quit();
  SDL_Quit();
}

void Library::wake() const {
  SDL_Event event{};
  event.type = wake_event_;
  SDL_PushEvent(&event);
}

}  // namespace pf::client::sdl
