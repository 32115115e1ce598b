#include "client/media/av.h"

#include <array>
#include <cstring>
#include <limits>

namespace pf::client::av {

Error error(ErrorCode kind, const std::string& what, int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return {kind, what + ": " + text.data()};
}

void quieten_log() {
  av_log_set_level(AV_LOG_QUIET);
}

Packet packet_of(std::span<const std::byte> data) {
  constexpr std::size_t most = std::numeric_limits<int>::max() - AV_INPUT_BUFFER_PADDING_SIZE;
  Packet packet{av_packet_alloc()};
  if (!packet || data.size() > most || av_new_packet(packet.get(), static_cast<int>(data.size())) < 0) return nullptr;
  if (!data.empty()) std::memcpy(packet->data, data.data(), data.size());
  return packet;
}

}  // namespace pf::client::av
