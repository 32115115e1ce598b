// The layouts of the media path before and behind the cipher: header, unit prefix, audio payload. What is read is
// written the same.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/wire/audio_payload.h"
#include "core/wire/media_header.h"
#include "core/wire/unit_prefix.h"
#include "fuzz/require.h"

namespace {

using namespace pf;

void check_header(std::span<const std::byte> bytes) {
  const auto header = wire::parse_media_header(bytes);
  if (!header) return;
  std::array<std::byte, wire::media_header_size> again{};
  wire::write_media_header(*header, again);
  fuzz::require(std::ranges::equal(again, bytes.first(again.size())));
}

void check_prefix(std::span<const std::byte> bytes) {
  const auto parsed = wire::parse_unit_prefix(bytes);
  if (!parsed) return;
  fuzz::require(parsed->size >= wire::unit_prefix_size && parsed->size <= bytes.size());
  std::array<std::byte, wire::unit_prefix_size> again{};
  wire::write_unit_prefix(parsed->prefix, again);
  const auto same = wire::parse_unit_prefix(again);
  fuzz::require(same && same->prefix == parsed->prefix);
}

void check_audio(std::span<const std::byte> bytes) {
  const auto payload = wire::parse_audio_payload(bytes);
  if (!payload) return;
  std::vector<std::byte> again;
  wire::write_audio_payload(payload->packets(), again);
  fuzz::require(std::ranges::equal(again, bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check_header(bytes);
  check_prefix(bytes);
  check_audio(bytes);
  return 0;
}
