// What stands in front of a video access unit inside its FEC block, so that it is protected and sealed with it.
// docs/protocol.md, "Video units".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/units.h"

namespace pf::wire {

inline constexpr std::size_t unit_prefix_size = 28;

/// How long the host worked on the picture, stage by stage.
struct HostTimes {
  microseconds capture{0};  // from the compositor's presentation to pixels in the host's memory
  microseconds queue{0};    // waiting between stages, summed
  microseconds convert{0};  // colour conversion
  microseconds encode{0};
  bool operator==(const HostTimes&) const = default;
};

struct UnitPrefix {
  std::uint32_t unit_size = 0;  // bytes of the access unit that follows the prefix
  VideoCodec codec = VideoCodec::h264;
  std::uint16_t width = 0;
  std::uint16_t height = 0;
  // Of a picture that is built up: how many more units it takes until one is to be shown. 0: this one is.
  std::uint8_t until_shown = 0;
  HostTimes times;
  bool operator==(const UnitPrefix&) const = default;
};

struct ParsedPrefix {
  UnitPrefix prefix;
  std::size_t size = unit_prefix_size;  // bytes that the prefix really takes; a later version may be longer
};

/// Errors: truncated, malformed, unsupported (unknown codec).
Result<ParsedPrefix> parse_unit_prefix(std::span<const std::byte> block);
void write_unit_prefix(const UnitPrefix& prefix, std::span<std::byte, unit_prefix_size> out);

}  // namespace pf::wire
