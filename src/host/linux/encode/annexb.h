// H.264 in the byte stream format (ITU-T H.264, annex B).
#pragma once

#include <cstddef>
#include <span>

namespace pf::host::annexb {

/// The unit without the SEI messages that stand in front of its first slice; moves bytes within `unit`.
std::span<std::byte> without_sei(std::span<std::byte> unit);

}  // namespace pf::host::annexb
