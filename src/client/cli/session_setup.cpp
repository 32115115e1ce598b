#include "client/cli/session_setup.h"

#include <algorithm>
#include <cmath>

namespace pf::client {
namespace {

Bitrate from_mbps(double mbps) {
  return {static_cast<std::uint64_t>(std::llround(mbps * 1e6))};
}

}  // namespace

Result<control::LinkOptions> make_link_options(const SessionArguments& arguments, ClientState& state) {
  const auto mode = Mode::parse(arguments.mode);
  if (!mode) return std::unexpected(mode.error());
  const AudioFormat audio{static_cast<std::uint8_t>(arguments.channels)};
  if (!audio.valid()) return fail(ErrorCode::invalid_argument, "sound has 2, 6 or 8 channels");
  if (!(arguments.bitrate_mbps >= 0.1 && arguments.bitrate_mbps <= 1000)) {
    return fail(ErrorCode::invalid_argument, "the bitrate is 0.1 to 1000 Mbit/s");
  }
  if (!(arguments.min_bitrate_mbps >= 0.1 && arguments.min_bitrate_mbps <= 1000)) {
    return fail(ErrorCode::invalid_argument, "the least bitrate is 0.1 to 1000 Mbit/s");
  }
  const auto target = find_paired_target(arguments.host, state.hosts());
  if (!target) return std::unexpected(target.error());
  control::LinkOptions options;
  options.identity = state.identity();
  options.client_name = state.name();
  options.host = target->address;
  options.pinned = target->paired->fingerprint;
  options.start.mode = *mode;
  options.start.bitrate = from_mbps(arguments.bitrate_mbps);
  options.start.min_bitrate = from_mbps(std::min(arguments.min_bitrate_mbps, arguments.bitrate_mbps));
  options.start.audio = audio;
  options.start.audio_wanted = !arguments.no_audio;
  options.start.hides = true;
  return options;
}

}  // namespace pf::client
