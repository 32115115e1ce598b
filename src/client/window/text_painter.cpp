#include "client/window/text_painter.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pf::client {
namespace {

// Where distributions put a font of equal widths, the commonest first.
constexpr std::array font_files{
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
    "/usr/share/fonts/TTF/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/liberation-mono/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/noto/NotoSansMono-Regular.ttf",
};
constexpr double points = 14;  // pixels at scale 1
constexpr SDL_Color ink{240, 240, 240, 255};
constexpr std::uint8_t shade = 176;  // how much of the picture the text's background hides, of 255

}  // namespace

Result<TextPainter> TextPainter::create(SDL_Renderer& renderer, double scale) {
  const int size = std::max(8, static_cast<int>(std::lround(points * scale)));
  for (const char* file : font_files) {
    if (sdl::Font font{TTF_OpenFont(file, size)}) return TextPainter(renderer, std::move(font));
  }
  return fail(ErrorCode::not_found, "there is no font for the overlay; on Debian: apt install fonts-dejavu-core");
}

void TextPainter::paint(const std::vector<std::string>& lines, Where where) {
  if (lines.empty()) return;
  auto& block = blocks_[static_cast<std::size_t>(where)];
  if (block.lines != lines) {
    block.lines = lines;
    render(block);
  }
  if (!block.texture) return;
  int window_width = 0, window_height = 0;
  SDL_GetRendererOutputSize(&renderer_, &window_width, &window_height);
  const int edge = TTF_FontHeight(font_.get()) / 2;
  SDL_Rect at{edge, edge, block.width, block.height};
  if (where == Where::centre) {
    at.x = (window_width - at.w) / 2;
    at.y = (window_height - at.h) / 2;
  }
  const SDL_Rect background{at.x - edge / 2, at.y - edge / 2, at.w + edge, at.h + edge};
  SDL_SetRenderDrawBlendMode(&renderer_, SDL_BLENDMODE_BLEND);
  SDL_SetRenderDrawColor(&renderer_, 0, 0, 0, shade);
  SDL_RenderFillRect(&renderer_, &background);
  SDL_RenderCopy(&renderer_, block.texture.get(), nullptr, &at);
}

void TextPainter::render(Block& block) {
  std::string text;
  for (const auto& line : block.lines) text += (text.empty() ? "" : "\n") + line;
  // 0: lines break only where they are told to.
  const sdl::Surface surface{TTF_RenderUTF8_Blended_Wrapped(font_.get(), text.c_str(), ink, 0)};
  block.texture.reset(surface ? SDL_CreateTextureFromSurface(&renderer_, surface.get()) : nullptr);
  block.width = surface ? surface->w : 0;
  block.height = surface ? surface->h : 0;
}

}  // namespace pf::client
