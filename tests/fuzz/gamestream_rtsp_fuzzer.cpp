// RTSP from a stranger's TCP connection, plain and sealed, and what a session answers.
#include <cstdint>
#include <span>
#include <string>

#include "fuzz/require.h"
#include "host/gamestream/rtsp/rtsp_dialogue.h"
#include "host/gamestream/rtsp/rtsp_envelope.h"

namespace {

using namespace pf;
using namespace pf::host::gamestream;

void check_plain(std::string_view text) {
  const auto request = parse_rtsp_request(text);
  if (!request || !*request) return;
  fuzz::require((*request)->headers.size() <= 32 && (*request)->body.size() <= max_rtsp_request);
  RtspDialogue dialogue({.codecs = {VideoCodec::h264}}, {}, {.ping = "0123456789abcdef", .connect_data = 1});
  const auto answer = dialogue.answer(**request).serialise();
  fuzz::require(answer.starts_with("RTSP/1.0 ") && answer.find("\r\n\r\n") != std::string::npos);
  fuzz::require(!dialogue.take_play());
}

void check_sealed(std::span<const std::byte> bytes) {
  const auto envelope = parse_rtsp_envelope(bytes);
  if (!envelope || !*envelope) return;
  const auto text = open_rtsp({}, RtspOrigin::client, **envelope);
  if (text) check_plain(*text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size));
  if (looks_sealed(bytes)) check_sealed(bytes);
  check_plain({reinterpret_cast<const char*>(data), size});
  return 0;
}
