// The picture of the test card: colour bars, ramps and fine lines that show what a codec does to them, and a box that
// moves with the time, in XRGB8888.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace pf::testcard {

struct Area {
  int x = 0, y = 0, width = 0, height = 0;
};

struct Canvas {
  std::span<std::uint32_t> pixels;  // width * height, rows without gaps
  int width = 0;
  int height = 0;
};

/// Everything that stands still.
void draw_still(const Canvas& canvas);

/// The band in which things move; returns what it touched.
Area draw_moving(const Canvas& canvas, std::chrono::milliseconds time);

}  // namespace pf::testcard
