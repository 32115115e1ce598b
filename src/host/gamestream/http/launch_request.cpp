#include "host/gamestream/http/launch_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "core/crypto/hash.h"

namespace pf::host::gamestream {
namespace {

constexpr std::uint32_t usual_rate = 60;

/// "1920x1080x60". A rate of 0 leaves it to the host.
Result<Mode> mode_of(std::string_view text) {
  std::array<std::uint32_t, 3> numbers{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0 && (at == end || *at++ != 'x')) return fail(ErrorCode::malformed, "a mode is WxHxHz");
    const auto [next, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc()) return fail(ErrorCode::malformed, "a mode is WxHxHz");
    at = next;
  }
  if (at != end || numbers[2] > std::numeric_limits<std::uint32_t>::max() / 1000)
    return fail(ErrorCode::malformed, "a mode is WxHxHz");
  const auto rate = numbers[2] == 0 ? usual_rate : numbers[2];
  return Mode{.width = numbers[0], .height = numbers[1], .refresh_mhz = rate * 1000};
}

template <class Number>
Result<Number> number_of(const Query& query, std::string_view name, std::int64_t otherwise) {
  const auto value = query.text(name).empty() ? otherwise : query.number(name);
  if (!value || *value < std::numeric_limits<Number>::min() || *value > std::numeric_limits<Number>::max())
    return fail(ErrorCode::malformed, std::string(name) + " is no number in its bounds");
  return static_cast<Number>(*value);
}

}  // namespace

Result<Launch> read_launch(const Query& query) {
  Launch launch;
  const auto key = crypto::from_hex(query.text("rikey"));
  if (!key || key->size() != launch.key.size()) return fail(ErrorCode::malformed, "rikey is not 16 bytes");
  std::ranges::copy(*key, launch.key.begin());
  if (query.text("rikeyid").empty()) return fail(ErrorCode::malformed, "rikeyid is missing");
  const auto key_id = number_of<std::int32_t>(query, "rikeyid", 0);
  if (!key_id) return std::unexpected(key_id.error());
  launch.key_id = *key_id;
  const auto mode = mode_of(query.text("mode"));
  if (!mode) return std::unexpected(mode.error());
  launch.mode = *mode;
  // Its upper half, the speakers, follows from the number of channels. Stereo for clients that say nothing.
  const auto surround = number_of<std::uint32_t>(query, "surroundAudioInfo", 2);
  if (!surround) return std::unexpected(surround.error());
  launch.channels = static_cast<std::uint8_t>(std::min<std::uint32_t>(*surround & 0xFFFF, 255));
  launch.hdr = query.number("hdrMode").value_or(0) != 0;
  launch.encrypted_rtsp = query.number("corever").value_or(0) >= 1;
  return launch;
}

}  // namespace pf::host::gamestream
