// How the red, green and blue of a picture are written down as luma and chroma.
#pragma once

#include <cstdint>

namespace pf::host {

enum class ColourMatrix : std::uint8_t { rec601, rec709, rec2020 };

struct Colour {
  ColourMatrix matrix = ColourMatrix::rec709;
  bool full_range = false;  // 0 to 255, instead of 16 to 235 for luma and 240 for chroma
  bool operator==(const Colour&) const = default;
};

}  // namespace pf::host
