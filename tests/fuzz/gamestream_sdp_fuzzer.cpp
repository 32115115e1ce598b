// What a client announces.
#include <cstdint>

#include "fuzz/require.h"
#include "host/gamestream/rtsp/stream_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  const auto request = host::gamestream::parse_announce({reinterpret_cast<const char*>(data), size});
  if (!request) return 0;
  const auto& video = request->video;
  fuzz::require(video.mode.valid() && video.packet_size >= 256 && video.packet_size <= 9000);
  fuzz::require(video.slices >= 1 && video.slices <= 32 && video.min_parity <= 32 && video.parity_percent <= 255);
  fuzz::require(request->audio.format.valid() && (request->audio.packet_ms == 5 || request->audio.packet_ms == 10));
  return 0;
}
