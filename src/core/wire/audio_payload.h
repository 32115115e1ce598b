// What one audio packet carries: the newest Opus packet and copies of the ones before it, as RFC 2198 does, so that
// single losses cost nothing. docs/protocol.md, "Audio packets".
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/error.h"

namespace pf::wire {

inline constexpr std::size_t max_audio_copies = 4;
inline constexpr std::size_t max_opus_packet = 1275;  // RFC 6716, section 3.4

/// `packets` run from the oldest copy to the newest packet, which belongs to the header's frame id;
/// each one before it to the frame id before. At most max_audio_copies + 1.
struct AudioPayload {
  std::array<std::span<const std::byte>, max_audio_copies + 1> slots{};
  std::size_t count = 0;
  [[nodiscard]] std::span<const std::span<const std::byte>> packets() const { return std::span(slots).first(count); }
};

/// The spans point into `payload`. Errors: truncated, malformed.
Result<AudioPayload> parse_audio_payload(std::span<const std::byte> payload);

/// The most bytes that a payload has.
inline constexpr std::size_t max_audio_payload = 1 + max_audio_copies * (2 + max_opus_packet) + max_opus_packet;

/// Appends to `out`. Precondition: 1 to max_audio_copies + 1 packets of 1 to max_opus_packet bytes.
void write_audio_payload(std::span<const std::span<const std::byte>> packets, std::vector<std::byte>& out);

}  // namespace pf::wire
