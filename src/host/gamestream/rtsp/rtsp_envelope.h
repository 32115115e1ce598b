// RTSP messages sealed with the session's key, as they travel where the session's URL says rtspenc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "host/gamestream/launch.h"

namespace pf::host::gamestream {

/// A sealed message, whole: u32 with its highest bit set and the text's size below, u32 sequence, 16 bytes of tag, the
/// text; both numbers big-endian.
struct RtspEnvelope {
  std::uint32_t sequence = 0;
  std::vector<std::byte> sealed;  // tag and text
};

/// Whether a connection that begins like this is an encrypted one. `bytes` has at least one.
[[nodiscard]] bool looks_sealed(std::span<const std::byte> bytes);
/// nullopt while `bytes` may still grow into a message. Errors: malformed (a size beyond max_rtsp_request, or more
/// bytes than the message has).
Result<std::optional<RtspEnvelope>> parse_rtsp_envelope(std::span<const std::byte> bytes);

enum class RtspOrigin : std::uint8_t { client = 'C', host = 'H' };
/// Errors: unauthenticated.
Result<std::string> open_rtsp(const StreamKey& key, RtspOrigin origin, const RtspEnvelope& envelope);
/// A sequence must not come twice under one key and origin.
Result<std::vector<std::byte>> seal_rtsp(const StreamKey& key, RtspOrigin origin, std::uint32_t sequence,
                                         std::string_view text);

}  // namespace pf::host::gamestream
