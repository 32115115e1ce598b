// Where a picture lies in a window of another shape: as large as it goes, undistorted, in the middle.
#pragma once

#include <cstdint>

namespace pf::client {

struct Extent {
  int width = 0;  // pixels
  int height = 0;
  bool operator==(const Extent&) const = default;
};

struct Box {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  bool operator==(const Box&) const = default;
};

/// An empty box when either extent is empty.
[[nodiscard]] Box letterbox(Extent picture, Extent window);

/// 0 is the picture's left or top edge, 65,535 the other one: the wire's absolute pointer.
struct Place {
  std::uint16_t x = 0;
  std::uint16_t y = 0;
  bool operator==(const Place&) const = default;
};

/// A point of the window, in pixels. What lies beside the picture counts as its edge.
[[nodiscard]] Place place_in(const Box& picture, double x, double y);

}  // namespace pf::client
