#include "host/gamestream/rtsp/rtsp_envelope.h"

#include <array>
#include <cstring>

#include "host/gamestream/crypto/aes.h"
#include "host/gamestream/rtsp/rtsp_message.h"
#include "host/gamestream/wire/byte_order.h"

namespace pf::host::gamestream {
namespace {

constexpr std::size_t head_size = 8;
constexpr std::uint32_t sealed_bit = 0x80000000;

std::array<std::byte, 12> iv_of(RtspOrigin origin, std::uint32_t sequence) {
  std::array<std::byte, 12> iv{};
  for (std::size_t i = 0; i < 4; ++i) iv[i] = static_cast<std::byte>(sequence >> (8 * i));
  iv[10] = static_cast<std::byte>(origin);
  iv[11] = std::byte{'R'};
  return iv;
}

}  // namespace

bool looks_sealed(std::span<const std::byte> bytes) {
  // No method begins with a byte beyond ASCII.
  return (bytes.front() & std::byte{0x80}) != std::byte{0};
}

Result<std::optional<RtspEnvelope>> parse_rtsp_envelope(std::span<const std::byte> bytes) {
  if (bytes.size() < head_size) return std::nullopt;
  const auto size = load_be<std::uint32_t>(bytes) & ~sealed_bit;
  if (size > max_rtsp_request) return fail(ErrorCode::malformed, "a sealed RTSP message is too long");
  const auto rest = bytes.subspan(head_size);
  if (rest.size() < gcm_tag_size + size) return std::nullopt;
  if (rest.size() > gcm_tag_size + size)
    return fail(ErrorCode::malformed, "a sealed RTSP message is followed by something else");
  return RtspEnvelope{.sequence = load_be<std::uint32_t>(bytes.subspan(4)), .sealed = {rest.begin(), rest.end()}};
}

Result<std::string> open_rtsp(const StreamKey& key, RtspOrigin origin, const RtspEnvelope& envelope) {
  auto text = std::vector(envelope.sealed.begin() + gcm_tag_size, envelope.sealed.end());
  const auto tag = std::span(envelope.sealed).first<gcm_tag_size>();
  if (auto ok = gcm_open(key, iv_of(origin, envelope.sequence), text, tag); !ok) return std::unexpected(ok.error());
  return std::string(reinterpret_cast<const char*>(text.data()), text.size());
}

Result<std::vector<std::byte>> seal_rtsp(const StreamKey& key, RtspOrigin origin, std::uint32_t sequence,
                                         std::string_view text) {
  std::vector<std::byte> out(head_size + gcm_tag_size + text.size());
  const std::span all(out);
  store_be(all, sealed_bit | static_cast<std::uint32_t>(text.size()));
  store_be(all.subspan(4), sequence);
  const auto body = all.subspan(head_size + gcm_tag_size);
  std::memcpy(body.data(), text.data(), text.size());
  const auto tag = all.subspan(head_size).first<gcm_tag_size>();
  if (auto ok = gcm_seal(key, iv_of(origin, sequence), body, tag); !ok) return std::unexpected(ok.error());
  return out;
}

}  // namespace pf::host::gamestream
