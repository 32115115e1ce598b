#include "card.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pf::testcard {
namespace {

constexpr std::uint32_t rgb(unsigned r, unsigned g, unsigned b) {
  return 0xFF00'0000u | (r << 16) | (g << 8) | b;
}

void fill(const Canvas& canvas, Area area, std::uint32_t colour) {
  const int x0 = std::clamp(area.x, 0, canvas.width);
  const int x1 = std::clamp(area.x + area.width, 0, canvas.width);
  for (int y = std::max(area.y, 0); y < std::min(area.y + area.height, canvas.height); ++y) {
    const auto row = canvas.pixels.subspan(static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width));
    std::fill(row.begin() + x0, row.begin() + x1, colour);
  }
}

Area band(const Canvas& canvas) {
  return {0, canvas.height / 2 - canvas.height / 10, canvas.width, canvas.height / 5};
}

// What a game's ground or a scrolled page asks of an encoder: detail everywhere, and all of it moves.
void fill_texture(const Canvas& canvas, Area area, int shift) {
  for (int y = area.y; y < area.y + area.height; ++y) {
    const auto row = canvas.pixels.subspan(static_cast<std::size_t>(y) * static_cast<std::size_t>(canvas.width));
    for (int x = 0; x < area.width; ++x) {
      const auto u = static_cast<unsigned>(x + shift) / 2;
      const auto v = static_cast<unsigned>(y) / 2;
      unsigned grain = u * 0x9E37'79B1u ^ v * 0x85EB'CA77u;
      grain = (grain ^ (grain >> 15)) * 0x2C1B'3C6Du;
      const unsigned level = 40 + (grain >> 27) + ((u >> 4) + (v >> 4)) % 2 * 40;
      row[static_cast<std::size_t>(area.x + x)] = rgb(level, level + 6, level + 24);
    }
  }
}

}  // namespace

void draw_still(const Canvas& canvas) {
  constexpr std::array bars{rgb(235, 235, 235), rgb(235, 235, 16), rgb(16, 235, 235), rgb(16, 235, 16),
                            rgb(235, 16, 235),  rgb(235, 16, 16),  rgb(16, 16, 235),  rgb(16, 16, 16)};
  const int top = band(canvas).y;
  const int bottom = band(canvas).y + band(canvas).height;
  for (int i = 0; i < 8; ++i) {
    const int x0 = canvas.width * i / 8;
    fill(canvas, {x0, 0, canvas.width * (i + 1) / 8 - x0, top}, bars[static_cast<std::size_t>(i)]);
  }
  const int ramp = (canvas.height - bottom) / 2;
  for (int x = 0; x < canvas.width; ++x) {
    const auto level = static_cast<unsigned>(255 * x / std::max(canvas.width - 1, 1));
    fill(canvas, {x, bottom, 1, ramp}, rgb(level, level, level));
    // Lines of one to four pixels: where chroma subsampling and ringing show first.
    const int thick = 1 + 4 * x / canvas.width;
    fill(canvas, {x, bottom + ramp, 1, canvas.height - bottom - ramp},
         (x / thick) % 2 == 0 ? rgb(200, 200, 200) : rgb(60, 60, 60));
  }
}

Area draw_moving(const Canvas& canvas, std::chrono::milliseconds time) {
  const Area area = band(canvas);
  const double seconds = static_cast<double>(time.count()) / 1000.0;
  fill_texture(canvas, area, static_cast<int>(time.count() * canvas.width / 4000));
  const int side = area.height * 2 / 3;
  const double swing = (1.0 - std::cos(seconds * 2.0)) / 2.0;
  fill(canvas, {static_cast<int>(swing * (canvas.width - side)), area.y + area.height / 6, side, side},
       rgb(250, 120, 30));
  // A hand that sweeps once a second, so that a dropped frame is seen as a jump.
  const auto phase = static_cast<int>((time.count() % 1000) * canvas.width / 1000);
  fill(canvas, {phase, area.y, 4, area.height}, rgb(240, 240, 250));
  return area;
}

}  // namespace pf::testcard
