// Lines of text on the picture.
#pragma once

#include <string>
#include <vector>

#include "client/window/sdl.h"

namespace pf::client {

/// The main thread. Remembers what it painted, because most of it is the same in the next picture.
class TextPainter {
 public:
  /// `scale`: of the display, 1 for about 96 dots an inch. Errors: not_found (no font on this machine, with the package
  /// that has one).
  static Result<TextPainter> create(SDL_Renderer& renderer, double scale);

  enum class Where : std::uint8_t { top_left, centre };
  void paint(const std::vector<std::string>& lines, Where where);

 private:
  TextPainter(SDL_Renderer& renderer, sdl::Font font) : renderer_(renderer), font_(std::move(font)) {}
  struct Block {
    std::vector<std::string> lines;
    sdl::Texture texture;
    int width = 0;
    int height = 0;
  };
  void render(Block& block);

  SDL_Renderer& renderer_;
  sdl::Font font_;
  Block blocks_[2];  // by Where
};

}  // namespace pf::client
