#include "host/gamestream/rtsp/describe.h"

#include <algorithm>
#include <array>

#include "host/gamestream/audio/surround_layout.h"

namespace pf::host::gamestream {
namespace {

constexpr unsigned touch_and_pen_feature = 0x01;
constexpr unsigned controller_feature = 0x02;
constexpr unsigned every_encryption = 0x01 | 0x02 | 0x04;  // control v2, video, audio

}  // namespace

std::string describe(const StreamOffer& offer) {
  const auto has = [&](VideoCodec codec) { return std::ranges::find(offer.codecs, codec) != offer.codecs.end(); };
  const unsigned features =
      (offer.touch_and_pen ? touch_and_pen_feature : 0U) | (offer.controller_extras ? controller_feature : 0U);
  std::string sdp = "a=x-ss-general.featureFlags:" + std::to_string(features) + "\n";
  sdp += "a=x-ss-general.encryptionSupported:" + std::to_string(every_encryption) + "\n";
  sdp += "a=x-ss-general.encryptionRequested:1\n";
  sdp += "a=x-nv-video[0].refPicInvalidation:1\n";  // where an encoder has no older reference, an IDR answers
  // Clients look for the beginning of a base64 parameter set to find HEVC, and for this name to find AV1.
  if (has(VideoCodec::hevc)) sdp += "sprop-parameter-sets=AAAAAU\n";
  if (has(VideoCodec::av1)) sdp += "a=rtpmap:98 AV1/90000\n";
  for (const std::uint8_t channels : std::to_array<std::uint8_t>({2, 6, 8}))
    for (const bool high_quality : {false, true})
      if (channels > 2 || !high_quality)
        sdp += "a=fmtp:97 surround-params=" + surround_params({channels}, high_quality) + "\n";
  return sdp;
}

}  // namespace pf::host::gamestream
