#include "core/wire/unit_prefix.h"

#include <algorithm>

#include "core/wire/bytes.h"

namespace pf::wire {
namespace {

std::uint32_t saturated(microseconds t) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(t.count(), 0, UINT32_MAX));
}

}  // namespace

Result<ParsedPrefix> parse_unit_prefix(std::span<const std::byte> block) {
  Reader in(block);
  ParsedPrefix parsed;
  auto& prefix = parsed.prefix;
  prefix.unit_size = in.read<std::uint32_t>();
  parsed.size = in.read<std::uint16_t>();
  const auto codec = in.read<std::uint8_t>();
  prefix.until_shown = in.read<std::uint8_t>();
  prefix.width = in.read<std::uint16_t>();
  prefix.height = in.read<std::uint16_t>();
  prefix.times.capture = microseconds{in.read<std::uint32_t>()};
  prefix.times.queue = microseconds{in.read<std::uint32_t>()};
  prefix.times.convert = microseconds{in.read<std::uint32_t>()};
  prefix.times.encode = microseconds{in.read<std::uint32_t>()};
  if (!in.ok()) return fail(ErrorCode::truncated, "a video unit is shorter than its prefix");
  if (parsed.size < unit_prefix_size || parsed.size > block.size()) {
    return fail(ErrorCode::malformed, "a video unit's prefix has an impossible size");
  }
  if (codec < static_cast<int>(VideoCodec::h264) || codec > static_cast<int>(VideoCodec::av1)) {
    return fail(ErrorCode::unsupported, "a video unit of an unknown codec");
  }
  prefix.codec = static_cast<VideoCodec>(codec);
  return parsed;
}

void write_unit_prefix(const UnitPrefix& prefix, std::span<std::byte, unit_prefix_size> out) {
  Writer to(out);
  to.write(prefix.unit_size);
  to.write(static_cast<std::uint16_t>(unit_prefix_size));
  to.write(static_cast<std::uint8_t>(prefix.codec));
  to.write(prefix.until_shown);
  to.write(prefix.width);
  to.write(prefix.height);
  to.write(saturated(prefix.times.capture));
  to.write(saturated(prefix.times.queue));
  to.write(saturated(prefix.times.convert));
  to.write(saturated(prefix.times.encode));
}

}  // namespace pf::wire
