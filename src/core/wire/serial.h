// Numbers that wrap, compared by serial arithmetic (RFC 1982).
#pragma once

#include <cstdint>

namespace pf::wire {

[[nodiscard]] constexpr bool newer(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) > 0;
}

}  // namespace pf::wire
