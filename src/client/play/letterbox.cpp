#include "client/play/letterbox.h"

#include <algorithm>
#include <cmath>

namespace pf::client {
namespace {

constexpr double far_edge = 65'535;

std::uint16_t share_of(double at, int size) {
  if (size <= 1) return 0;
  // The last pixel, not the line behind it, is the far edge.
  return static_cast<std::uint16_t>(std::lround(std::clamp(at / (size - 1), 0.0, 1.0) * far_edge));
}

}  // namespace

Box letterbox(Extent picture, Extent window) {
  if (picture.width <= 0 || picture.height <= 0 || window.width <= 0 || window.height <= 0) return {};
  const auto across = std::int64_t{window.width} * picture.height;
  const auto down = std::int64_t{window.height} * picture.width;
  Extent size = window;
  if (across > down) {
    size.width = std::max(1, static_cast<int>((down + picture.height / 2) / picture.height));
  } else {
    size.height = std::max(1, static_cast<int>((across + picture.width / 2) / picture.width));
  }
  return {(window.width - size.width) / 2, (window.height - size.height) / 2, size.width, size.height};
}

Place place_in(const Box& picture, double x, double y) {
  return {share_of(x - picture.x, picture.width), share_of(y - picture.y, picture.height)};
}

}  // namespace pf::client
