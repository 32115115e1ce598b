#include "core/wire/audio_payload.h"

#include <array>

#include "core/wire/bytes.h"

namespace pf::wire {

Result<AudioPayload> parse_audio_payload(std::span<const std::byte> payload) {
  Reader in(payload);
  const std::size_t copies = in.read<std::uint8_t>();
  if (copies > max_audio_copies) return fail(ErrorCode::malformed, "an audio packet with too many copies");
  AudioPayload parsed;
  for (; parsed.count < copies; ++parsed.count) {
    const std::size_t size = in.read<std::uint16_t>();
    parsed.slots[parsed.count] = in.take(size);
  }
  parsed.slots[parsed.count++] = in.rest();
  if (!in.ok()) return fail(ErrorCode::truncated, "an audio packet ends inside a copy");
  for (const auto packet : parsed.packets()) {
    if (packet.empty() || packet.size() > max_opus_packet)
      return fail(ErrorCode::malformed, "an audio packet of an impossible size");
  }
  return parsed;
}

void write_audio_payload(std::span<const std::span<const std::byte>> packets, std::vector<std::byte>& out) {
  out.push_back(static_cast<std::byte>(packets.size() - 1));
  for (const auto copy : packets.first(packets.size() - 1)) {
    std::array<std::byte, 2> size{};
    Writer(size).write(static_cast<std::uint16_t>(copy.size()));
    out.insert(out.end(), size.begin(), size.end());
    out.insert(out.end(), copy.begin(), copy.end());
  }
  out.insert(out.end(), packets.back().begin(), packets.back().end());
}

}  // namespace pf::wire
