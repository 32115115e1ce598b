#include "host/gamestream/rtsp/stream_request.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

namespace pf::host::gamestream {
namespace {

constexpr unsigned audio_encrypted_feature = 0x20;  // of x-nv-general.featureFlags
constexpr unsigned session_ids_feature = 0x02;      // of x-ml-general.featureFlags
constexpr unsigned control_v2_flag = 0x01;          // of x-ss-general.encryptionEnabled
constexpr unsigned video_encrypted_flag = 0x02;
constexpr unsigned audio_encrypted_flag = 0x04;
constexpr std::size_t smallest_packet = 256;
constexpr std::size_t largest_packet = 9000;
constexpr std::size_t most_min_parity = 32;
constexpr unsigned most_slices = 32;

/// The attributes of an SDP, looked up by name; the last of a name counts.
class Attributes {
 public:
  explicit Attributes(std::string_view sdp) : sdp_(sdp) {}

  [[nodiscard]] std::optional<std::string_view> text(std::string_view name) const {
    std::optional<std::string_view> found;
    auto rest = sdp_;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      auto line = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      if (!line.starts_with("a=")) continue;
      line.remove_prefix(2);
      if (!line.starts_with(name) || line.size() == name.size() || line[name.size()] != ':') continue;
      line.remove_prefix(name.size() + 1);
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
      found = line;
    }
    return found;
  }

  /// Absent: `otherwise`. Remembers the first that is no number.
  std::uint32_t number(std::string_view name, std::uint32_t otherwise) {
    const auto value = text(name);
    if (!value) return otherwise;
    std::uint32_t parsed = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), parsed);
    if (error == std::errc{} && end == value->data() + value->size()) return parsed;
    if (bad_.empty()) bad_ = name;
    return otherwise;
  }
  [[nodiscard]] const std::string& bad() const { return bad_; }

 private:
  std::string_view sdp_;
  std::string bad_;
};

// 59.94 Hz comes as 5994 beside a maxFPS of 60; clients that don't know say 0.
std::uint32_t refresh_mhz(std::uint32_t fps, std::uint32_t hundredths) {
  const std::uint64_t whole = std::uint64_t{fps} * 1000;
  const std::uint64_t exact = std::uint64_t{hundredths} * 10;
  if (exact != 0 && std::llabs(static_cast<long long>(exact) - static_cast<long long>(whole)) < 1000)
    return static_cast<std::uint32_t>(exact);
  return whole > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(whole);
}

// `configured` is what the user allows for everything; `maximum` has the client's own guess at parity taken off.
Bitrate encoder_bitrate(std::uint32_t configured, std::uint32_t maximum, unsigned parity_percent) {
  if (configured == 0) return {std::uint64_t{maximum} * 1000};
  return {std::uint64_t{configured} * 1000 * 100 / (100 + parity_percent)};
}

VideoCodec codec_of(std::uint32_t format) {
  return format == 1 ? VideoCodec::hevc : format == 2 ? VideoCodec::av1 : VideoCodec::h264;
}

Colour colour_of(std::uint32_t mode) {
  const auto space = mode >> 1;
  return {.matrix = space == 0   ? ColourMatrix::rec601
                    : space == 2 ? ColourMatrix::rec2020
                                 : ColourMatrix::rec709,
          .full_range = (mode & 1) != 0};
}

VideoRequest video_of(Attributes& sdp) {
  const auto parity = std::min(sdp.number("x-nv-vqos[0].fec.repairPercent", 20), std::uint32_t{255});
  return {.mode = {.width = sdp.number("x-nv-video[0].clientViewportWd", 0),
                   .height = sdp.number("x-nv-video[0].clientViewportHt", 0),
                   .refresh_mhz = refresh_mhz(sdp.number("x-nv-video[0].maxFPS", 60),
                                              sdp.number("x-nv-video[0].clientRefreshRateX100", 0))},
          .codec = codec_of(sdp.number("x-nv-vqos[0].bitStreamFormat", 0)),
          .ten_bit = sdp.number("x-nv-video[0].dynamicRangeMode", 0) != 0,
          .yuv444 = sdp.number("x-ss-video[0].chromaSamplingType", 0) == 1,
          .colour = colour_of(sdp.number("x-nv-video[0].encoderCscMode", 0)),
          .bitrate = encoder_bitrate(sdp.number("x-ml-video.configuredBitrateKbps", 0),
                                     sdp.number("x-nv-vqos[0].bw.maximumBitrateKbps", 10'000), parity),
          .packet_size = sdp.number("x-nv-video[0].packetSize", 1024),
          .slices = std::clamp(sdp.number("x-nv-video[0].videoEncoderSlicesPerFrame", 1), 1U, most_slices),
          .max_references = sdp.number("x-nv-video[0].maxNumReferenceFrames", 1),
          .min_parity = std::min<std::size_t>(sdp.number("x-nv-vqos[0].fec.minRequiredFecPackets", 0), most_min_parity),
          .parity_percent = parity,
          .encrypted = (sdp.number("x-ss-general.encryptionEnabled", 0) & video_encrypted_flag) != 0,
          .marked = sdp.number("x-nv-vqos[0].qosTrafficType", 0) != 0};
}

AudioRequest audio_of(Attributes& sdp) {
  // The older flag decides: clients set it beside the newer one.
  const bool old_flag = (sdp.number("x-nv-general.featureFlags", 0) & audio_encrypted_feature) != 0;
  const bool new_flag = (sdp.number("x-ss-general.encryptionEnabled", 0) & audio_encrypted_flag) != 0;
  const auto channels = sdp.number("x-nv-audio.surround.numChannels", 2);
  return {.format = {.channels = static_cast<std::uint8_t>(std::min(channels, std::uint32_t{255}))},
          .high_quality = sdp.number("x-nv-audio.surround.AudioQuality", 0) == 1,
          .packet_ms = sdp.number("x-nv-aqos.packetDuration", 5) >= 10 ? 10U : 5U,
          .encrypted = old_flag || new_flag,
          .marked = sdp.number("x-nv-aqos.qosTrafficType", 0) != 0};
}

}  // namespace

Result<StreamRequest> parse_announce(std::string_view sdp) {
  Attributes attributes(sdp);
  StreamRequest request{.video = video_of(attributes),
                        .audio = audio_of(attributes),
                        .control_v2 = (attributes.number("x-ss-general.encryptionEnabled", 0) & control_v2_flag) != 0,
                        .session_ids = (attributes.number("x-ml-general.featureFlags", 0) & session_ids_feature) != 0};
  if (!attributes.bad().empty())
    return fail(ErrorCode::malformed, "the announced " + attributes.bad() + " is no number");
  if (!request.video.mode.valid())
    return fail(ErrorCode::invalid_argument, "the announced mode " + request.video.mode.to_string() +
                                                 " is outside 320x200 to 7680x4320 at 1 to 500 Hz");
  if (request.video.packet_size < smallest_packet || request.video.packet_size > largest_packet)
    return fail(
        ErrorCode::invalid_argument,
        "the announced packet size of " + std::to_string(request.video.packet_size) + " bytes is outside 256 to 9,000");
  if (!request.audio.format.valid()) return fail(ErrorCode::invalid_argument, "sound comes in 2, 6 or 8 channels");
  return request;
}

}  // namespace pf::host::gamestream
