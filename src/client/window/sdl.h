// Owning types for SDL's objects, and SDL's own life.
#pragma once

#include <SDL.h>
#include <SDL_ttf.h>

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/error.h"

namespace pf::client::sdl {

struct Free {
  void operator()(SDL_Window* window) const { SDL_DestroyWindow(window); }
  void operator()(SDL_Renderer* renderer) const { SDL_DestroyRenderer(renderer); }
  void operator()(SDL_Texture* texture) const { SDL_DestroyTexture(texture); }
  void operator()(SDL_Surface* surface) const { SDL_FreeSurface(surface); }
  void operator()(TTF_Font* font) const { TTF_CloseFont(font); }
};

using Window = std::unique_ptr<SDL_Window, Free>;
using Renderer = std::unique_ptr<SDL_Renderer, Free>;
using Texture = std::unique_ptr<SDL_Texture, Free>;
using Surface = std::unique_ptr<SDL_Surface, Free>;
using Font = std::unique_ptr<TTF_Font, Free>;

/// `what` failed with what SDL says.
inline std::unexpected<Error> error(ErrorCode code, const std::string& what) {
  return fail(code, what + ": " + SDL_GetError());
}

/// SDL while it lives; one in a process.
class Library {
 public:
  /// Errors: unsupported (there is no display).
  static Result<std::unique_ptr<Library>> start();
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  /// An event that says nothing but that there is something to do. Any thread.
  void wake() const;
  [[nodiscard]] bool is_wake(const SDL_Event& event) const { return event.type == wake_event_; }

 private:
  explicit Library(std::uint32_t wake_event) : wake_event_(wake_event) {}
  std::uint32_t wake_event_;
};

}  // namespace pf::client::sdl
