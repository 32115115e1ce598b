// What a model client says to a model host besides wire::Feedback, by first byte.
#pragma once

#include <cstddef>

namespace pf::test {

constexpr std::byte keyframe_request{0xF0};
constexpr std::byte packet_request{0xF1};  // u64 numbers follow

}  // namespace pf::test
